using System.Net.Http.Headers;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Files of messages. A reference is the address Slack gives; it opens with the bot's token only, which goes to Slack and nowhere else.</summary>
internal sealed class SlackFiles(MessengerHttp http, SlackSettings settings)
{
    /// <summary>What an app needs to read files.</summary>
    public const string ReadScope = "files:read";

    private const string Page = "text/html";

    public static IReadOnlyList<Attachment> Of(IReadOnlyList<SlackFile?>? files) =>
    [
        // What was deleted, or is hidden by a plan's limit, has no address.
        .. from file in files ?? []
           let address = file?.UrlPrivateDownload ?? file?.UrlPrivate
           where !string.IsNullOrEmpty(address)
           select new Attachment(file.Subtype == "slack_audio" ? "voice" : FileKinds.Of(file.Mimetype, file.Name), address, file.Name, file.Mimetype, file.Size is >= 0 ? file.Size : null),
    ];

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or not Slack's.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(attachment.Reference, UriKind.Absolute, out var address) || !settings.IsOwnAddress(address, isSocket: false))
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", SlackChannel.Name)), AttachmentFault.Final);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.BotToken);
        return await http.DownloadAsync(
            SlackChannel.Name, request,
            answer => IsSignIn(answer, attachment) ? new AttachmentUnavailableException(Phrase.Of("slack.missing-scope", ("scope", ReadScope))) : null, cancellationToken);
    }

    // Whom Slack does not let see a file it leads to its page for signing in, or shows that page with a sign of success.
    private static bool IsSignIn(HttpResponseMessage answer, Attachment attachment)
        => (int)answer.StatusCode is >= 300 and < 400
            || (answer.IsSuccessStatusCode && answer.Content.Headers.ContentType?.MediaType == Page && attachment.MediaType != Page);
}
