using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>One call for one message.</summary>
internal sealed class GoogleChatSender(GoogleChatApi api)
{
    // Apps made since 2026 take Markdown unless told otherwise, older ones these marks.
    private const string Marks = "MARKUP_SYNTAX_CHAT";

    /// <param name="endpoint">Our address: what an add-on calls when a button is pressed. A Chat app only says it back.</param>
    public Task<SendOutcome> SendAsync(OutboundMessage message, string endpoint, CancellationToken cancellationToken) => SendAsync(
        message,
        new GoogleNewMessage(
            GoogleChatRenderer.Render(message.Body.Markdown), Marks, null, message.Body.Buttons.Count == 0 ? null : [CardOf(message.Body.Buttons, endpoint)]),
        cancellationToken);

    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => await FetchedFile.RefusalOfAsync(GoogleChatChannel.Name, GoogleChatPhotos.Types, file, cancellationToken)
            ?? await SendAsync(message, new GoogleNewMessage(null, null, null, [GoogleChatPhotos.CardOf(file)], file.Name), cancellationToken);

    /// <summary>What a refusal means, in plain words.</summary>
    public static Phrase Explain(CallOutcome.Answered answer) => answer.Status switch
    {
        HttpStatusCode.Forbidden => Phrase.Of("googlechat.forbidden"),
        HttpStatusCode.NotFound => Phrase.Of("googlechat.not-found"),
        _ => Phrase.Of(
            "channel.refuses", ("name", GoogleChatChannel.Name),
            ("says", Word(GoogleChatApi.Read(answer, GoogleChatJson.Default.GoogleRefusal)?.Error?.Status) ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture))),
    };

    private async Task<SendOutcome> SendAsync(OutboundMessage message, GoogleNewMessage body, CancellationToken cancellationToken)
    {
        var (space, thread) = (message.Chat.ExternalId, message.Chat.ThreadId);
        if (!GoogleChatIds.IsSpace(space) || (thread is not null && !GoogleChatIds.IsThread(thread, space)))
        {
            return SessionReports.NoSuchChat(GoogleChatChannel.Name, message.Chat);
        }

        try
        {
            return Judge(await api.CreateAsync(space, message.Id, body with { Thread = thread is null ? null : new GoogleThread(thread) }, cancellationToken), message);
        }
        catch (NoTokenException fault)
        {
            return fault.Outcome;
        }
    }

    private static SendOutcome Judge(CallOutcome outcome, OutboundMessage message) => outcome switch
    {
        CallOutcome.Answered { IsSuccess: true } done
            => new SendOutcome.Delivered(GoogleChatApi.Read(done, GoogleChatJson.Default.GoogleSent)?.Name is { Length: > 0 } name ? name : message.Id.ToString("D")),

        // Two of the same at the same moment: the other one decides, and the next attempt is told what became of it.
        CallOutcome.Answered { Status: HttpStatusCode.Conflict } => new SendOutcome.RetryAfter(null, Phrase.Of("googlechat.busy")),
        _ => CallFaults.OutcomeOf(GoogleChatChannel.Name, outcome, PauseScope.Chat) ?? new SendOutcome.Rejected(Explain((CallOutcome.Answered)outcome)),
    };

    private static GoogleCardWithId CardOf(IReadOnlyList<MessageButton> buttons, string endpoint) => new(
        "buttons",
        new GoogleCard([new GoogleSection([new GoogleWidget(new GoogleButtons([.. buttons.Select(button => new GoogleButton(
            button.Label,
            new GoogleOnClick(new GoogleCall(
                endpoint, [new GoogleParameter(GoogleChatReader.Data, button.Data), new GoogleParameter(GoogleChatReader.Label, button.Label)]))))]))])]));

    // Words with underscores; anything else is somebody's page in between, and is not repeated.
    private static string? Word(string? status) => status is { Length: > 0 and <= 100 } && status.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? status : null;
}
