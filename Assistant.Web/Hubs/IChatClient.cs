namespace Assistant.Web.Hubs;

/// <summary>What the server calls on a visitor's device.</summary>
public interface IChatClient : IChatEvents
{
    /// <summary>Part of the encrypted line: an event of <see cref="IChatEvents"/>, or the answer to a call.</summary>
    Task Frame(byte[] frame);

    /// <summary>The encrypted line is broken and the device has left: make a new one.</summary>
    Task Broken();
}

/// <summary>What happens in a visitor's conversation. Every call may be lost or come twice: <see cref="ChatHub.CatchUp"/> mends it.</summary>
public interface IChatEvents
{
    /// <summary>A message was added or changed; it replaces any of the same <see cref="ChatMessage.Seq"/>.</summary>
    Task Message(ChatMessage message);

    /// <summary>A reply being written: the whole of it so far.</summary>
    Task Progress(ChatProgress progress);

    /// <summary>A reply being written will not come.</summary>
    Task ProgressGone(Guid turnId);

    /// <summary>The assistant or a person is writing, or stopped. Forget it after a few seconds of silence.</summary>
    Task Typing(ChatTyping typing);

    /// <summary>Who answers, and whether the conversation waits for a person.</summary>
    Task State(ChatState state);

    /// <summary>How many devices of the visitor are here, this one included.</summary>
    Task Presence(int devices);

    /// <summary>Another device has read up to here.</summary>
    Task Read(long seq);

    /// <summary>Something may have been missed: catch up.</summary>
    Task Resync();

    /// <summary>The conversation was forgotten: throw away what is shown and kept of it, the token too, and come in as somebody new.</summary>
    Task Forgotten();
}

/// <summary>A message as a visitor may see it.</summary>
/// <param name="Author"><c>you</c>, <c>assistant</c>, <c>person</c> or <c>system</c>.</param>
/// <param name="Name">Shown name of a person; empty for everyone else.</param>
/// <param name="Text">Plain text of the visitor's own message; empty for others.</param>
/// <param name="Html">Safe HTML of everyone else's; empty for the visitor's own.</param>
/// <param name="ClientId">The id the sending device gave it.</param>
/// <param name="TurnId">The reply being written it replaces.</param>
public sealed record ChatMessage(
    long Seq, string Author, string Name, string Text, string Html, DateTimeOffset At, string? ClientId, Guid? TurnId,
    DateTimeOffset? EditedAt, bool IsDeleted, IReadOnlyList<ChatButton> Buttons, bool IsForgotten = false);

/// <summary>A button under a message; <paramref name="Data"/> goes back when it is pressed.</summary>
public sealed record ChatButton(string Label, string Data);

/// <summary>A reply being written.</summary>
public sealed record ChatProgress(Guid TurnId, string Html);

/// <summary>Who is writing.</summary>
/// <param name="Author"><c>assistant</c> or <c>person</c>.</param>
public sealed record ChatTyping(string Author, string Name, bool IsTyping);

/// <summary>State of the conversation.</summary>
/// <param name="AnsweredBy"><c>assistant</c> or <c>person</c>.</param>
/// <param name="Name">Shown name of the person; empty when it is the assistant or has none to show.</param>
public sealed record ChatState(string AnsweredBy, string Name, bool IsWaiting, bool IsClosed)
{
    public static ChatState New { get; } = new("assistant", "", false, false);
}

/// <summary>How a device comes in.</summary>
/// <param name="Token">The visitor token it kept, or <see langword="null"/>.</param>
/// <param name="Pass">A one-time code from another device of the visitor, or <see langword="null"/>.</param>
/// <param name="LastSeq">Newest message it has; 0 for none.</param>
/// <param name="ReadSeq">How far its person has read.</param>
/// <param name="Language">BCP 47 tag of the page.</param>
/// <param name="Visitor">Whose <paramref name="LastSeq"/> and <paramref name="ReadSeq"/> these are; for another they count for nothing.</param>
/// <param name="Device">A word of the device's own beside the <paramref name="Pass"/>: it comes in by it again when it did not hear the answer.</param>
public sealed record JoinRequest(
    string Connection, string? Token, string? Pass, long LastSeq, long ReadSeq, string? Language, string? Visitor = null, string? Device = null);

/// <summary>The second message of a handshake.</summary>
/// <param name="Status"><c>ok</c>, <c>closed</c> (no such chat), <c>bad</c> (no first message) or <c>busy</c> (come back later).</param>
public sealed record Greeting(string Status, byte[]? Second)
{
    internal static Greeting Not(string status) => new(status, null);
}

/// <summary>What a device is told when it comes in.</summary>
/// <param name="Status"><c>ok</c>, <c>closed</c> (no such chat), <c>refused</c> (foreign site), <c>sealed</c> (come encrypted) or <c>busy</c> (come back later).</param>
/// <param name="Token">A token to keep instead of the old one; <see langword="null"/> when the old one stays good.</param>
/// <param name="IsForgotten">The conversation the device knows was forgotten meanwhile, see <see cref="IChatEvents.Forgotten"/>.</param>
/// <param name="Visitor">Who it came in as: a name to tell apart what it keeps, of no use without the token. Another than before: it starts afresh.</param>
/// <param name="IsPassRefused">It came by a code that was used or is too old, and is somebody new.</param>
public sealed record JoinResult(
    string Status, string? Token, ChatState State, int Devices, long ReadSeq, CaughtUp Missed, bool IsForgotten = false, string? Visitor = null,
    bool IsPassRefused = false)
{
    internal static JoinResult Not(string status) => new(status, null, ChatState.New, 0, 0, CaughtUp.Nothing);
}

/// <summary>Messages a device missed, oldest first.</summary>
/// <param name="Replaces">Throw away what the device shows and start from these: too much was missed, or it is somebody else's.</param>
/// <param name="HasEarlier">There is more before the first of them.</param>
/// <param name="RetryAfterMs">Above 0: nothing was read, ask again after this.</param>
/// <param name="From">
/// Where <see cref="ChatHub.Earlier"/> goes on: what was read begins here, which may be long before the first message, or without one. 0
/// where nothing was read back.
/// </param>
public sealed record CaughtUp(IReadOnlyList<ChatMessage> Messages, bool Replaces, bool HasEarlier, int RetryAfterMs = 0, long From = 0)
{
    internal static CaughtUp Nothing { get; } = new([], false, false);
    internal static CaughtUp Slow(TimeSpan delay) => Nothing with { RetryAfterMs = (int)Math.Ceiling(delay.TotalMilliseconds) };
}

/// <summary>How a send ended.</summary>
/// <param name="Status"><c>stored</c>, <c>slow</c> (send it again after the delay), <c>long</c>, <c>bad</c> or <c>closed</c>.</param>
public sealed record SendResult(string Status, int RetryAfterMs = 0)
{
    internal static SendResult Stored { get; } = new("stored");
    internal static SendResult TooLong { get; } = new("long");
    internal static SendResult Bad { get; } = new("bad");
    internal static SendResult Closed { get; } = new("closed");
    internal static SendResult Slow(TimeSpan delay) => new("slow", (int)Math.Ceiling(delay.TotalMilliseconds));
}
