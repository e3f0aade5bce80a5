namespace Assistant.Testing.Slack;

/// <summary>What goes wrong with one call of a method.</summary>
public abstract record SlackFault
{
    private SlackFault() { }

    /// <summary>Slack's own refusal: 200, and an error by name.</summary>
    public sealed record Error(string Name, string? Needed = null) : SlackFault;

    /// <summary>Another status than 200.</summary>
    public sealed record Status(int Code, string? RetryAfter = null) : SlackFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : SlackFault;

    /// <summary>The answer waits for as long as the caller does.</summary>
    public sealed record Hang : SlackFault;

    /// <summary>Answered with this text.</summary>
    public sealed record Answer(string Body) : SlackFault;
}
