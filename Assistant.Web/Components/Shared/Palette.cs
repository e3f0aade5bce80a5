using Assistant.Domain.Security;
using Assistant.Web.Components.Layout;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Shared;

/// <summary>Something the palette (Ctrl+K) offers.</summary>
/// <param name="Kind">A word for what it is: room, person, conversation, action.</param>
/// <param name="Hint">The keys that do the same.</param>
internal abstract record PaletteItem(string Label, string Kind, string? Hint)
{
    /// <summary>Somewhere to go.</summary>
    /// <param name="Href">Relative to the site.</param>
    public sealed record Place(string Label, string Kind, string Href, string? Hint = null) : PaletteItem(Label, Kind, Hint);

    /// <summary>Something to do in the room on screen.</summary>
    public sealed record Act(RoomKey Key) : PaletteItem(Key.Label, Texts.KindAct, Key.Key);
}

/// <summary>Finds things for the palette. Register one per kind of thing.</summary>
internal interface IPaletteSource
{
    /// <summary>The best few for what was typed; nothing for what the caller may not see.</summary>
    Task<IReadOnlyList<PaletteItem>> FindAsync(Caller caller, string text, CancellationToken cancellationToken);
}

/// <summary>What the palette shows: rooms and what can be done now at once, people and conversations for what is typed.</summary>
internal sealed class Palette(IEnumerable<IPaletteSource> sources, KeyRegistry keys)
{
    public IReadOnlyList<PaletteItem> Found { get; private set; } = [];

    /// <summary>The chosen one's place in <see cref="Found"/>.</summary>
    public int At { get; private set; }

    public PaletteItem? Chosen => At < Found.Count ? Found[At] : null;

    /// <summary>Looks for what was typed.</summary>
    /// <param name="caller">Who looks; <see langword="null"/> when nobody is signed in.</param>
    public async Task FindAsync(IReadOnlyList<Room> rooms, Caller? caller, string text, CancellationToken cancellationToken)
    {
        var wanted = text.Trim();
        List<PaletteItem> found =
        [
            .. rooms.Where(room => Matches(room.Label(), wanted)).Select(room => new PaletteItem.Place(room.Label(), Texts.KindRoom, room.Path, $"g {room.Key}")),
            .. keys.All.Where(key => key.IsOffered() && Matches(key.Label, wanted)).Select(key => new PaletteItem.Act(key)),
        ];
        if (wanted.Length > 0 && caller is not null)
        {
            foreach (var source in sources)
            {
                found.AddRange(await source.FindAsync(caller, wanted, cancellationToken));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        (Found, At) = (found, 0);
    }

    /// <summary>Chooses the next (1) or the previous (-1); the ends meet.</summary>
    public void Move(int step) => At = Found.Count == 0 ? 0 : (At + step + Found.Count) % Found.Count;

    private static bool Matches(string label, string wanted) => label.Contains(wanted, StringComparison.CurrentCultureIgnoreCase);
}
