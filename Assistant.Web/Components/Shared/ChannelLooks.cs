using Assistant.Domain.Messaging;

namespace Assistant.Web.Components.Shared;

/// <summary>How a channel shows itself: its sign and its name.</summary>
public sealed record ChannelLook(string Glyph, string Name);

/// <summary>Looks of the channels of this build; a conversation may outlive its channel, so there is a look for none.</summary>
public sealed class ChannelLooks(IChannelCatalog catalog)
{
    private const string Speech = "M4 4h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H8l-4 4-2 1V6a2 2 0 0 1 2-2z";

    public ChannelLook Of(string type) => catalog.Find(type)?.Manifest is { } manifest
        ? new ChannelLook(manifest.Glyph, manifest.DisplayName)
        : new ChannelLook(Speech, type);
}
