namespace Assistant.Web.Components.Shared;

/// <summary>Something the palette (Ctrl+K) can take a person to.</summary>
/// <param name="Kind">A word for what it is: room, person, conversation.</param>
/// <param name="Href">Where it leads, relative to the site.</param>
internal sealed record PaletteItem(string Label, string Kind, string Href, string? Hint = null);

/// <summary>Finds things for the palette. Register one per kind of thing.</summary>
internal interface IPaletteSource
{
    /// <summary>The best few for what was typed; nothing for what the caller may not see.</summary>
    Task<IReadOnlyList<PaletteItem>> FindAsync(Assistant.Domain.Security.Caller caller, string text, CancellationToken cancellationToken);
}
