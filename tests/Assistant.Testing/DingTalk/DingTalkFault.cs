namespace Assistant.Testing.DingTalk;

/// <summary>What goes wrong with one call.</summary>
public abstract record DingTalkFault
{
    private DingTalkFault() { }

    /// <summary>DingTalk's own refusal: a status, and a code by name.</summary>
    public sealed record Refusal(string Code, int WithStatus = 400, string Says = "refused") : DingTalkFault;

    /// <summary>A status and nothing else.</summary>
    public sealed record Status(int Number, string? RetryAfter = null) : DingTalkFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : DingTalkFault;

    /// <summary>Answered with this text.</summary>
    public sealed record Answer(string Body) : DingTalkFault;
}
