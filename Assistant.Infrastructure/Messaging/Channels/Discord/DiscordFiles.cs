using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>
/// Files of messages. Discord's addresses of them are good for a day or so, therefore a reference names channel, message and file, and the address is
/// asked for when it is needed.
/// </summary>
internal sealed class DiscordFiles(MessengerHttp http, DiscordSettings settings, DiscordClient client)
{
    public static IReadOnlyList<Attachment> Of(DiscordMessage message) =>
    [
        .. from file in FilesOf(message)
           where DiscordIds.Is(file.Id)
           select new Attachment(file.Waveform is null ? FileKinds.Of(file.ContentType, file.Filename) : "voice", $"{message.ChannelId}/{message.Id}/{file.Id}", file.Filename, file.ContentType, file.Size is >= 0 ? file.Size : null),
    ];

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or not Discord's.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        var parts = attachment.Reference.Split('/');
        if (parts.Length != 3 || !parts.All(DiscordIds.Is))
        {
            throw Gone(AttachmentFault.Final);
        }

        var outcome = await client.ReadMessageAsync(parts[0], parts[1], cancellationToken);
        if (outcome is not CallOutcome.Answered { IsSuccess: true, Body: var body })
        {
            throw Gone(outcome is CallOutcome.Answered { Status: System.Net.HttpStatusCode.NotFound } ? AttachmentFault.Final : AttachmentFault.Passing);
        }

        var message = DiscordEvents.Read(body, DiscordJson.Default.DiscordMessage);
        var file = message is null ? null : FilesOf(message).FirstOrDefault(one => one.Id == parts[2]);
        if (!Uri.TryCreate(file?.Url, UriKind.Absolute, out var address) || !settings.IsOwnFile(address))
        {
            throw Gone(AttachmentFault.Final);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await http.DownloadAsync(DiscordChannel.Name, request, isConfigured: true, cancellationToken);
    }

    private static IEnumerable<DiscordFile> FilesOf(DiscordMessage message)
        => (message.Attachments ?? []).Concat((message.MessageSnapshots ?? []).SelectMany(snapshot => snapshot?.Message?.Attachments ?? [])).OfType<DiscordFile>();

    private static AttachmentUnavailableException Gone(AttachmentFault fault) => new(Phrase.Of("channel.file-gone", ("name", DiscordChannel.Name)), fault);
}
