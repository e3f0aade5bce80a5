using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>Calls for one business number.</summary>
internal sealed class WhatsAppApi(WhatsAppSettings settings, MessengerHttp http)
{
    private readonly GraphApi _graph = new(WhatsAppChannel.Name, settings.Account, http);
    private readonly string _number = Uri.EscapeDataString(settings.NumberId);

    public Task<CallOutcome> ReadNumberAsync(CancellationToken cancellationToken)
        => _graph.GetAsync($"{_number}?fields=verified_name,display_phone_number", cancellationToken);

    /// <summary>What the number is called in the answer to <see cref="ReadNumberAsync"/>.</summary>
    public static string NameOf(CallOutcome answer)
        => answer is CallOutcome.Answered { IsSuccess: true, Body: var body } && GraphApi.Read(body, WhatsAppJson.Default.WhatsAppNumber) is { } number
            ? $"{number.VerifiedName} {number.DisplayPhoneNumber}".Trim()
            : "";

    public Task<CallOutcome> SendAsync(JsonObject message, CancellationToken cancellationToken) => _graph.PostAsync($"{_number}/messages", message, cancellationToken);

    /// <summary>Hands in a file, for a message to name.</summary>
    public Task<CallOutcome> UploadAsync(OutboundFile file, string mediaType, CancellationToken cancellationToken)
        => _graph.UploadAsync($"{_number}/media", [("messaging_product", "whatsapp"), ("type", mediaType)], "file", file, mediaType, cancellationToken);

    /// <summary>Opens a file by its id: WhatsApp names an address that is good for five minutes, and wants the token there too.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public async Task<Stream> OpenAsync(string mediaId, CancellationToken cancellationToken)
    {
        if (!WhatsAppIds.IsMedia(mediaId))
        {
            throw _graph.Gone();
        }

        var answer = await _graph.GetAsync($"{mediaId}?phone_number_id={_number}", cancellationToken);
        if (answer is CallOutcome.Answered { IsSuccess: true, Body: var body } && GraphApi.Read(body, WhatsAppJson.Default.WhatsAppFile)?.Url is { } address)
        {
            return await _graph.OpenAsync(address, withToken: true, cancellationToken);
        }

        // Code 100: there is no such file, or not for this number.
        throw answer is CallOutcome.Answered { IsSuccess: false, Body: var refusal } && GraphError.Read(refusal) is { Code: 100, IsProofRefused: false }
            ? _graph.Gone()
            : new AttachmentUnavailableException(WhatsAppFaults.All.ReasonOf(answer) ?? Phrase.Of("channel.unreadable", ("name", WhatsAppChannel.Name)));
    }
}
