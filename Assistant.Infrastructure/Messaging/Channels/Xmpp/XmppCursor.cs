using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>How far each archive is read: its last id that is committed.</summary>
internal sealed class XmppCursor(Dictionary<string, string> marks)
{
    private readonly Lock _lock = new();

    /// <summary>Reads what <see cref="ToString"/> wrote; anything else is no cursor.</summary>
    public static XmppCursor Read(string? stored)
    {
        try
        {
            return new XmppCursor(JsonSerializer.Deserialize<Dictionary<string, string>>(stored ?? "{}") ?? []);
        }
        catch (JsonException)
        {
            return new XmppCursor([]);
        }
    }

    public string? Find(string archive)
    {
        lock (_lock)
        {
            return marks.GetValueOrDefault(archive);
        }
    }

    public void Set(string archive, string id)
    {
        lock (_lock)
        {
            marks[archive] = id;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return JsonSerializer.Serialize(marks);
        }
    }
}
