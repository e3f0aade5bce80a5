using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>Shows messages. What to do about a failure is said in the outcome. Where a later part fails, the next attempt goes on behind those shown.</summary>
internal sealed class WeComSender(WeComApi api, WeComSettings settings)
{
    // WeCom recognises a repetition by what it says, not by an id: asked for on every send it would swallow the second "OK" of a conversation.
    private const int RepetitionSeconds = 600;

    private readonly ShownParts _shown = new();

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => SendAsync(message, BodiesOf(message), cancellationToken);

    /// <param name="bodies">What is to be shown for the message, in order.</param>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, IReadOnlyList<JsonObject> bodies, CancellationToken cancellationToken)
    {
        if (!IsUser(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(WeComChannel.Name, message.Chat);
        }

        var id = "";
        for (var part = _shown.Of(message.Id); part < bodies.Count; part++)
        {
            var body = bodies[part];
            if (message.MayRepeat)
            {
                body["enable_duplicate_check"] = 1;
                body["duplicate_check_interval"] = RepetitionSeconds;
            }

            var answer = await api.SendAsync(message.Chat.ExternalId, body, cancellationToken);
            if (WeComFaults.All.OutcomeOf(answer) is { } failure && !(message.MayRepeat && IsCardTakenBefore(body, failure, answer)))
            {
                return failure;
            }

            // It says so as a success when the person has left or was hidden from the app.
            if (answer.Text("invaliduser").Length > 0)
            {
                return new SendOutcome.Rejected(Phrase.Of("wecom.person-out-of-reach"));
            }

            id = answer.Text("msgid");
            if (part + 1 < bodies.Count)
            {
                _shown.Remember(message.Id, part + 1);
            }
        }

        _shown.Forget(message.Id);
        return new SendOutcome.Delivered(message.Body.Buttons.Count > 0 || id.Length == 0 ? WeComCard.IdOf(message.Id) : id);
    }

    /// <summary>What is to be shown, in order: a text, or a card, or a text that a card has no room for and the card.</summary>
    private IReadOnlyList<JsonObject> BodiesOf(OutboundMessage message)
    {
        if (message.Body.Buttons.Count == 0)
        {
            return [WeComText.Message(message.Body.Markdown, settings.UsesMarkdown)];
        }

        var text = WeComText.Plain(message.Body.Markdown);
        var cards = WeComCard.Of(message, text);
        return text.Length <= WeComCard.LongestText ? [.. cards] : [WeComText.Message(message.Body.Markdown, settings.UsesMarkdown), .. cards];
    }

    // WeCom takes a task id once and documents no code for that. What else it may have against a card of ours is known, or it would say so at the first attempt.
    private static bool IsCardTakenBefore(JsonObject body, SendOutcome failure, WeixinAnswer answer)
        => failure is SendOutcome.Rejected && body.ContainsKey(WeComCard.Type) && answer.Code != 0 && !WeComFaults.All.Explains(answer);

    /// <summary>Whether a chat is one person's: a bar would name several, and @all everybody.</summary>
    public static bool IsUser(string chat) => chat.Length is > 0 and <= 64 && !chat.Contains('|', StringComparison.Ordinal) && chat != "@all";
}
