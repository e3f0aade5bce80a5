using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>
/// JSON of which anybody may have written any part: whatever is not there, or is of another kind than asked for, is absent. Nothing throws, so that
/// one odd value costs no more than itself.
/// </summary>
internal readonly struct LooseJson(JsonElement element)
{
    /// <summary>What the bytes say; absent when they are no JSON.</summary>
    public static LooseJson Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new LooseJson(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Whether there is anything, <c>null</c> included.</summary>
    public bool IsThere => element.ValueKind != JsonValueKind.Undefined;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public bool IsTrue => element.ValueKind == JsonValueKind.True;

    /// <summary>A text, or <see langword="null"/>. One with half of a character is none.</summary>
    public string? Text
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary>A whole number, or <see langword="null"/>.</summary>
    public long? Number => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) ? number : null;

    /// <summary>The items of an array; none of anything else.</summary>
    public IEnumerable<LooseJson> Items => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().Select(item => new LooseJson(item)) : [];

    /// <summary>The members of an object whose names can be read; none of anything else.</summary>
    public IEnumerable<(string Name, LooseJson Value)> Members
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                yield break;
            }

            foreach (var member in element.EnumerateObject())
            {
                if (NameOf(member) is { } name)
                {
                    yield return (name, new LooseJson(member.Value));
                }
            }
        }
    }

    /// <summary>A member of an object.</summary>
    public LooseJson this[string name]
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? new LooseJson(value) : default;
            }
            catch (InvalidOperationException)
            {
                return default;
            }
        }
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
