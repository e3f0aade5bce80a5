using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Something that holds in a JSON document: <c>$.type = message</c>, <c>$.type != ping</c>, or <c>$.bot</c> for what is there and not false.</summary>
internal sealed class JsonCondition
{
    private readonly JsonQuery _query;
    private readonly string? _value;
    private readonly bool _isNegated;

    private JsonCondition(JsonQuery query, string? value, bool isNegated) => (_query, _value, _isNegated) = (query, value, isNegated);

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonCondition? condition)
    {
        condition = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var isNegated = equals > 0 && text[equals - 1] == '!';
        var path = equals < 0 ? text : text[..(isNegated ? equals - 1 : equals)];
        if (!JsonQuery.TryParse(path, out var query))
        {
            return false;
        }

        condition = new JsonCondition(query, equals < 0 ? null : text[(equals + 1)..].Trim(), isNegated);
        return true;
    }

    public bool HoldsIn(JsonElement root)
    {
        if (_value is null)
        {
            return _query.In(root) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined) };
        }

        return string.Equals(_query.TextIn(root), _value, StringComparison.Ordinal) != _isNegated;
    }
}
