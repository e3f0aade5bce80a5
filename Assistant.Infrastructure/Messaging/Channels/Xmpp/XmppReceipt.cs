using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What became of a stanza handed to the server.</summary>
internal abstract record XmppReceipt
{
    private XmppReceipt() { }

    /// <param name="Reflection">What the room made of it; <see langword="null"/> outside of rooms.</param>
    public sealed record Taken(XElement? Reflection) : XmppReceipt;

    public sealed record Returned(XElement Error) : XmppReceipt;

    /// <summary>It never left.</summary>
    public sealed record NotSent : XmppReceipt;

    /// <summary>It left, and nobody knows.</summary>
    public sealed record Lost : XmppReceipt;
}

/// <summary>A message somebody waits for.</summary>
internal sealed record XmppPending(bool ToRoom, TaskCompletionSource<XmppReceipt> Done)
{
    public bool IsTaken { get; private set; }

    /// <summary>The server has it. In a room that is not the end: the room shows it, or does not.</summary>
    public void Take()
    {
        IsTaken = true;
        if (!ToRoom)
        {
            Done.TrySetResult(new XmppReceipt.Taken(null));
        }
    }
}
