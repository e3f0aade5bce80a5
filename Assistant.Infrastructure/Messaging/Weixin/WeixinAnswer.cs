using System.Text.Json;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>How a call ended. The platforms refuse with HTTP status 200: what became of it is in <paramref name="Code"/>.</summary>
/// <param name="Code">The errcode; 0 when there is none.</param>
/// <param name="Says">The errmsg, without what they put behind it for their support.</param>
internal sealed record WeixinAnswer(CallOutcome Outcome, int Code, string Says, JsonElement Content)
{
    private const int LongestSaying = 200;

    public bool IsSuccess => Outcome is CallOutcome.Answered { IsSuccess: true } && Code == 0;

    /// <summary>The access token is not taken any more: another helps.</summary>
    public bool IsTokenEnded => Code is 40001 or 40014 or 42001;

    /// <summary>A text of the answer; empty when it is absent.</summary>
    public string Text(string name)
        => Content.ValueKind == JsonValueKind.Object && Content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>Reads what came. An answer that is no JSON says nothing: whatever was asked may have been carried out.</summary>
    public static WeixinAnswer Of(string messenger, CallOutcome outcome)
    {
        if (outcome is not CallOutcome.Answered { IsSuccess: true } answered)
        {
            return new WeixinAnswer(outcome, 0, "", default);
        }

        return Parse(answered.Body) is not { ValueKind: JsonValueKind.Object } content
            ? new WeixinAnswer(new CallOutcome.Lost(Phrase.Of("channel.unreadable", ("name", messenger))), 0, "", default)
            : new WeixinAnswer(outcome, CodeOf(content), SayingOf(content), content);
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int CodeOf(JsonElement content) => content.TryGetProperty("errcode", out var code) && code.ValueKind == JsonValueKind.Number
        && code.TryGetInt32(out var value) ? value : 0;

    private static string SayingOf(JsonElement content)
    {
        var says = content.TryGetProperty("errmsg", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var hint = says.IndexOf("hint:", StringComparison.OrdinalIgnoreCase);
        says = (hint >= 0 ? says[..hint] : says).TrimEnd(' ', ',');
        return says.Length > LongestSaying ? says[..LongestSaying] : says;
    }
}
