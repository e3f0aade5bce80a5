using System.Collections.Concurrent;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>How much was shown of messages whose later parts failed: the next attempt goes on behind it. Safe for concurrent use.</summary>
internal sealed class ShownParts
{
    private const int MaxRemembered = 5_000;

    private readonly ConcurrentDictionary<Guid, int> _shown = new();

    /// <summary>The number of parts that were shown.</summary>
    public int Of(Guid message) => _shown.GetValueOrDefault(message);

    public void Remember(Guid message, int parts)
    {
        if (_shown.Count > MaxRemembered)
        {
            _shown.Clear(); // what is lost is that a part is shown once
        }

        _shown[message] = parts;
    }

    /// <summary>All of it was shown.</summary>
    public void Forget(Guid message) => _shown.TryRemove(message, out _);
}
