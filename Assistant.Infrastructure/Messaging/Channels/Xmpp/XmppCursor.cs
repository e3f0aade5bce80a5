using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>How far each archive is read: its last id that is committed, and when that came.</summary>
internal sealed class XmppCursor(Dictionary<string, XmppMark> marks)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock _lock = new();

    /// <summary>Reads what <see cref="ToString"/> wrote, now or when it wrote ids alone; anything else is no cursor.</summary>
    public static XmppCursor Read(string? stored)
    {
        try
        {
            var places = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(stored ?? "{}") ?? [];
            return new XmppCursor(places.ToDictionary(place => place.Key, place => MarkOf(place.Key, place.Value)));
        }
        catch (JsonException)
        {
            return new XmppCursor([]);
        }
    }

    public XmppMark? Find(string archive)
    {
        lock (_lock)
        {
            return marks.GetValueOrDefault(archive);
        }
    }

    public void Set(XmppMark mark)
    {
        lock (_lock)
        {
            marks[mark.Archive] = mark;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return JsonSerializer.Serialize(marks.ToDictionary(mark => mark.Key, mark => new Place(mark.Value.Id, mark.Value.At)), Json);
        }
    }

    private static XmppMark MarkOf(string archive, JsonElement place)
        => place.ValueKind == JsonValueKind.String ? new(archive, place.GetString()!, null)
            : place.Deserialize<Place>(Json) is { Id: { } id } known ? new(archive, id, known.At)
            : throw new JsonException("It names no id.");

    private sealed record Place(string? Id, DateTimeOffset? At);
}
