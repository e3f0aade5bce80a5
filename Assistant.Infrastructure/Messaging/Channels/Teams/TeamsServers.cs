using System.Collections.Concurrent;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>
/// The server each conversation is reached at, as its last activity said. Only servers of the connector are noted: our token goes with what is sent. Where
/// nothing was said yet, the last one of any conversation serves, which outlives a restart, or the cloud's own. Safe for concurrent use.
/// </summary>
internal sealed class TeamsServers(TeamsSettings settings)
{
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, Uri> _known = new(StringComparer.Ordinal);
    private volatile Uri? _last;

    /// <summary>Notes where a conversation is.</summary>
    /// <returns>Whether the server is one of the connector.</returns>
    public bool Note(string chat, string service)
    {
        if (!TryRead(service, out var address))
        {
            return false;
        }

        if (_known.Count > MaxRemembered)
        {
            _known.Clear(); // the last one serves
        }

        _known[chat] = address;
        _last = address;
        return true;
    }

    /// <summary>Takes up what was the last server before a restart.</summary>
    public void Resume(string? service)
    {
        if (service is not null && _last is null && TryRead(service, out var address))
        {
            _last = address;
        }
    }

    /// <summary>Where to send; <see langword="null"/> before anybody has written.</summary>
    public Uri? Of(string chat) => _known.GetValueOrDefault(chat) ?? _last ?? settings.Connector;

    private bool TryRead(string service, out Uri address)
        => Uri.TryCreate(service, UriKind.Absolute, out address!) && settings.IsConnector(address) && address.Query.Length == 0 && address.Fragment.Length == 0;
}
