namespace Assistant.Testing.Twilio;

/// <summary>What goes wrong with one send.</summary>
public abstract record TwilioFault
{
    private TwilioFault() { }

    /// <summary>Twilio's own refusal.</summary>
    public sealed record Error(int Code, int Status = 400, int? RetryAfter = null) : TwilioFault;

    /// <summary>A page instead of an answer.</summary>
    public sealed record Page(int Status) : TwilioFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : TwilioFault;

    /// <summary>It is carried out and answered with this text.</summary>
    public sealed record Answer(string Body) : TwilioFault;
}
