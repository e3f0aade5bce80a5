namespace Assistant.Web.Components.Shared;

/// <summary>A key of the room on screen.</summary>
/// <param name="Key">As in <c>KeyboardEvent.key</c>, one letter.</param>
/// <param name="IsOffered">Whether it would do something now; the palette leaves it out otherwise.</param>
internal sealed record RoomKey(string Key, string Label, Func<bool> IsOffered, Func<Task> PressAsync);

/// <summary>The keys of the room on screen; one per circuit. A later registration wins while it is there.</summary>
internal sealed class KeyRegistry
{
    private readonly List<RoomKey> _keys = [];

    public event Action? Changed;

    public IReadOnlyList<RoomKey> All => _keys;

    public void Add(RoomKey key)
    {
        _keys.Add(key);
        Changed?.Invoke();
    }

    public void Remove(RoomKey key)
    {
        if (_keys.Remove(key))
        {
            Changed?.Invoke();
        }
    }

    public RoomKey? Find(string key) => _keys.LastOrDefault(k => k.Key == key);
}
