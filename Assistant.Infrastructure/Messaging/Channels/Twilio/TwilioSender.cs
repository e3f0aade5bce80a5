using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>Shows messages. What to do about a failure is said in the outcome. Safe for concurrent use.</summary>
internal sealed class TwilioSender(TwilioApi api)
{
    /// <param name="callback">Where Twilio reports what became of the message; <see langword="null"/> while that is not known.</param>
    public Task<SendOutcome> SendAsync(OutboundMessage message, string? callback, CancellationToken cancellationToken)
        => SendAsync(message, new("Body", TwilioText.Render(message.Body.Markdown)), callback, cancellationToken);

    /// <inheritdoc cref="SendAsync(OutboundMessage, string?, CancellationToken)"/>
    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, string? callback, CancellationToken cancellationToken)
        => await FetchedFile.RefusalOfAsync(TwilioChannel.Name, TwilioFiles.Types, file, cancellationToken)
            ?? await SendAsync(message, new("MediaUrl", file.Fetchable!.AddressFor(TwilioFiles.FetchedWithin).AbsoluteUri), callback, cancellationToken);

    private async Task<SendOutcome> SendAsync(OutboundMessage message, KeyValuePair<string, string> content, string? callback, CancellationToken cancellationToken)
    {
        if (TwilioAddress.Read(message.Chat) is not { } address)
        {
            return SessionReports.NoSuchChat(TwilioChannel.Name, message.Chat);
        }

        var answer = await api.SendAsync(FieldsOf(content, address, callback), cancellationToken);
        return TwilioFaults.OutcomeOf(answer, isOtherSender: !api.Settings.IsService && address.Ours != api.Settings.From) is { } failure ? failure
            : TwilioApi.Read((CallOutcome.Answered)answer, TwilioJson.Default.TwilioMessage)?.Sid is { Length: > 0 } sid ? new SendOutcome.Delivered(sid)
            : new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", TwilioChannel.Name)));
    }

    private List<KeyValuePair<string, string>> FieldsOf(KeyValuePair<string, string> content, TwilioAddress address, string? callback)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("To", address.Theirs),
            // A messaging service writes to somebody from the number they know.
            api.Settings.IsService ? new("MessagingServiceSid", api.Settings.From) : new("From", address.Ours),
            content,
        ];
        if (callback is not null)
        {
            fields.Add(new("StatusCallback", callback));
        }

        return fields;
    }
}
