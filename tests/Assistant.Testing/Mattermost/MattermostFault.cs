namespace Assistant.Testing.Mattermost;

/// <summary>What goes wrong with one call of a server.</summary>
public abstract record MattermostFault
{
    private MattermostFault() { }

    /// <summary>A refusal in the server's form.</summary>
    public sealed record Refusal(int Status, string Id, string? RetryAfter = null) : MattermostFault;

    /// <summary>Answered with this text.</summary>
    public sealed record Answer(int Status, string Body) : MattermostFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : MattermostFault;
}
