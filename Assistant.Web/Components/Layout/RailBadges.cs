namespace Assistant.Web.Components.Layout;

/// <summary>What waits for the person in each room, shown on the rail. One per circuit; rooms set it, the rail shows it.</summary>
internal sealed class RailBadges
{
    private readonly Dictionary<char, int> _counts = [];

    /// <summary>A count changed.</summary>
    public event Action? Changed;

    public int this[char room] => _counts.GetValueOrDefault(room);

    /// <param name="room">The <see cref="Room.Key"/>.</param>
    public void Set(char room, int count)
    {
        if (this[room] != count)
        {
            _counts[room] = count;
            Changed?.Invoke();
        }
    }
}
