namespace Assistant.Testing.Meta;

/// <summary>What goes wrong with one send.</summary>
public abstract record GraphFault
{
    private GraphFault() { }

    /// <summary>Meta's own refusal.</summary>
    public sealed record Error(int Code, int Subcode = 0, string Message = "It is refused.", int Status = 400, int? RetryAfter = null, bool IsTransient = false) : GraphFault;

    /// <summary>A page instead of an answer.</summary>
    public sealed record Page(int Status) : GraphFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : GraphFault;

    /// <summary>It is carried out and answered with this text.</summary>
    public sealed record Answer(string Body) : GraphFault;
}
