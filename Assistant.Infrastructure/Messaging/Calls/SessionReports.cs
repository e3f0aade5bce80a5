using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What sessions say of themselves, worded alike for all messengers.</summary>
internal static class SessionReports
{
    public static void Connecting(this IChannelHost host, string messenger)
        => host.Report(ConnectionState.Starting, Phrase.Of("channel.connecting", ("name", messenger)));

    /// <summary>Up, over a line of our own.</summary>
    public static void Connected(this IChannelHost host, string account)
        => host.Report(ConnectionState.Up, Phrase.Of("channel.connected", ("account", account)));

    /// <summary>Up, and called by the messenger.</summary>
    public static void Receiving(this IChannelHost host, string account, Uri callback)
        => host.Report(ConnectionState.Up, Phrase.Of("channel.receiving", ("account", account), ("address", callback.AbsoluteUri)));

    /// <summary>Where the messenger is to call.</summary>
    /// <exception cref="PhrasedException">This installation has no public address.</exception>
    public static Uri CallbackOf(this IChannelHost host, ConnectionId connection)
        => host.AddressOf($"webhooks/{connection}") ?? throw new PhrasedException(Phrase.Of("channel.needs-public-address"));

    /// <summary>A path of ours under the public address, which may have a path of its own; <see langword="null"/> when none is configured.</summary>
    public static Uri? AddressOf(this IChannelHost host, string path)
        => host.PublicBaseUrl is { } root ? new Uri(new Uri(root.AbsoluteUri.TrimEnd('/') + "/"), path) : null;

    /// <summary>The chat's name is none of this messenger's.</summary>
    public static SendOutcome NoSuchChat(string messenger, ExternalChat chat)
        => new SendOutcome.Rejected(Phrase.Of("channel.no-chat", ("chat", chat.ExternalId), ("name", messenger)));
}
