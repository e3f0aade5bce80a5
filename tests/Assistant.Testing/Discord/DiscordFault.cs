namespace Assistant.Testing.Discord;

/// <summary>What goes wrong with one call.</summary>
public abstract record DiscordFault
{
    private DiscordFault() { }

    /// <summary>A refusal, in Discord's form.</summary>
    public sealed record Refusal(int Status, int Code, string Message) : DiscordFault;

    /// <summary>A pause that is asked for.</summary>
    /// <param name="IsGlobal">Of the whole bot.</param>
    public sealed record Flood(double Seconds, bool IsGlobal = false) : DiscordFault;

    /// <summary>A status with any body.</summary>
    public sealed record Answer(int Status, string Body) : DiscordFault;

    /// <summary>It is carried out later.</summary>
    public sealed record Late(TimeSpan By) : DiscordFault;

    /// <summary>It is carried out, and the line is cut before the answer.</summary>
    public sealed record Cut : DiscordFault;
}
