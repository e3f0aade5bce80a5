using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

// A reply costs nothing but needs the token of something said within the last minute, good once; a push counts against a monthly number and takes a key by
// which LINE knows a repeated one. So a first attempt replies while there is a token, and everything else is pushed under the message's id.

/// <summary>Shows messages.</summary>
internal sealed class LineSender(LineClient client, TimeProvider time)
{
    private const int MaxButtons = 13;
    private const int MaxLabel = 20;
    private const int LongestData = 300;
    private const int MaxRemembered = 5_000;
    private const int ShortestLoading = 5;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(50);

    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset At)> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, string> _sent = new();

    /// <summary>Somebody said something: for a minute it can be replied to.</summary>
    public void NoteToken(string chat, string token, DateTimeOffset at)
    {
        if (_tokens.Count > MaxRemembered)
        {
            _tokens.Clear(); // what is lost is a saving
        }

        _tokens[chat] = (token, at);
    }

    /// <summary>LINE's id of a message of ours, while it is remembered.</summary>
    public string? FindSent(Guid message) => _sent.GetValueOrDefault(message);

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => SendAsync(message, NewText(message), cancellationToken);

    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var (content, refusal) = await LineFiles.DescribeAsync(file, cancellationToken);
        return refusal ?? await SendAsync(message, content!, cancellationToken);
    }

    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (LineIds.IsUser(chat.ExternalId))
        {
            await client.PostAsync("chat/loading/start", new LineLoading(chat.ExternalId, ShortestLoading), LineJson.Default.LineLoading, retryKey: null, cancellationToken);
        }
    }

    private async Task<SendOutcome> SendAsync(OutboundMessage message, LineContent content, CancellationToken cancellationToken)
    {
        if (!LineIds.IsChat(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(LineClient.Messenger, message.Chat);
        }

        IReadOnlyList<LineContent> contents = [content];
        if (TakeToken(message) is { } token)
        {
            var replied = await client.PostAsync("message/reply", new LineReply(token, contents), LineJson.Default.LineReply, retryKey: null, cancellationToken);
            if (replied is not CallOutcome.Answered { Status: HttpStatusCode.BadRequest })
            {
                return Judge(replied, message);
            }

            // The token is used or too old; if it is something else, the push says so too.
        }

        // A push that has to wait keeps no reply in another chat waiting, whose token would end meanwhile.
        var pushed = await client.PostAsync("message/push", new LinePush(message.Chat.ExternalId, contents), LineJson.Default.LinePush, message.Id, cancellationToken);
        return IsBeyondMonth(pushed) ? new SendOutcome.Rejected(Phrase.Of("line.monthly-limit")) : Judge(pushed, message, PauseScope.Chat);
    }

    private SendOutcome Judge(CallOutcome outcome, OutboundMessage message, PauseScope floodScope = PauseScope.Connection)
    {
        // 409: a push under this key was accepted before.
        if (outcome is CallOutcome.Answered answer && (answer.IsSuccess || answer.Status == HttpStatusCode.Conflict))
        {
            var id = LineClient.Read(answer, LineJson.Default.LineSent)?.SentMessages is [{ Id: { Length: > 0 } first }, ..] ? first : message.Id.ToString("N");
            if (_sent.Count > MaxRemembered)
            {
                _sent.Clear();
            }

            _sent[message.Id] = id;
            return new SendOutcome.Delivered(id);
        }

        return CallFaults.OutcomeOf(LineClient.Messenger, outcome, floodScope) ?? new SendOutcome.Rejected(Explain((CallOutcome.Answered)outcome));
    }

    // "You have reached your monthly limit." Waiting may help when what is left was reserved for a broadcast; the answers in the chat do not wait for that.
    private static bool IsBeyondMonth(CallOutcome outcome)
        => outcome is CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests } answer
            && LineClient.Read(answer, LineJson.Default.LineError)?.Message?.Contains("monthly limit", StringComparison.OrdinalIgnoreCase) == true;

    private static Phrase Explain(CallOutcome.Answered answer) => answer.Status switch
    {
        HttpStatusCode.Forbidden => Phrase.Of("line.forbidden"),
        HttpStatusCode.NotFound => Phrase.Of("line.not-found"),
        _ => Phrase.Of(
            "channel.refuses", ("name", LineClient.Messenger),
            ("says", LineClient.Read(answer, LineJson.Default.LineError)?.Message ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture))),
    };

    private string? TakeToken(OutboundMessage message)
        => message is { Attempt: 1, MayRepeat: false } && _tokens.TryRemove(message.Chat.ExternalId, out var kept) && time.GetUtcNow() - kept.At < TokenLifetime
            ? kept.Token
            : null;

    private static LineText NewText(OutboundMessage message) => new(
        Rendered.Fit(message.Body.Markdown, LineChannel.Limit, PlainRenderer.Render, words => words),
        message.Body.Buttons.Count == 0
            ? null
            : new LineQuickReply([.. message.Body.Buttons.Take(MaxButtons).Select(button => new LineQuickItem(
                new LineAction(Short(button.Label), new CarriedPress(message.Id, button.Data, button.Label).Write(LongestData), button.Label)))]));

    /// <summary>Labels count graphemes.</summary>
    private static string Short(string label)
    {
        var graphemes = new StringInfo(label);
        return graphemes.LengthInTextElements <= MaxLabel ? label : graphemes.SubstringByTextElements(0, MaxLabel - 1) + "…";
    }
}
