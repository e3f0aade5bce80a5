using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

// Files to people: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
//
// A bot cannot simply send a file. It offers one on a card; the person takes or declines it; taken, Teams names a place in the person's own storage, the
// bot puts the file there and shows a link to it. An offer is good for the conversation it was made in, for a day, and until this process ends: the file
// is opened again when it is taken, so that nothing is held in memory, and what was forgotten meanwhile is gone.

/// <summary>Offers files, and hands over those that are taken. Safe for concurrent use.</summary>
internal sealed class TeamsOffers(TeamsSender sender, TeamsConnector connector, TeamsSettings settings, ConnectionId connection, TimeProvider time)
{
    /// <summary>Largest file: it is best in place while Teams waits for the answer to the press.</summary>
    public const long Largest = 10_000_000;

    private const int MostOffers = 1_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    // Whoever pressed sees that it did not work, and may press again.
    private static readonly WebhookReply Gone = new(404, "The file is no longer at hand.");
    private static readonly WebhookReply Failed = new(502, "The file could not be put into place.");

    private readonly ConcurrentDictionary<string, Offer> _offers = new(StringComparer.Ordinal);

    /// <inheritdoc cref="IFileSender.SendFileAsync"/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (message.Chat.IsGroup || message.Chat.ThreadId is not null)
        {
            return new SendOutcome.Rejected(Phrase.Of("teams.files-personal"));
        }

        // What cannot be read is not offered.
        await (await file.OpenAsync(cancellationToken)).DisposeAsync();
        MakeRoom();
        var key = message.Id.ToString("N");
        _offers[key] = new Offer(message.Chat, file, time.GetUtcNow());
        var consent = new TeamsConsent(file.Name, file.SizeBytes, new TeamsOffer(key), new TeamsOffer(key));
        var card = new TeamsPart("application/vnd.microsoft.teams.card.file.consent", JsonSerializer.SerializeToElement(consent, TeamsJson.Default.TeamsConsent), file.Name);
        var outcome = await sender.SendAsync(message, text: null, [card], cancellationToken);
        if (outcome is not (SendOutcome.Delivered or SendOutcome.Uncertain))
        {
            _offers.TryRemove(key, out _);
        }

        return outcome;
    }

    /// <summary>Carries out what a person decided about a file; <see langword="null"/> for every other activity.</summary>
    public async Task<WebhookReply?> DecideAsync(TeamsActivity activity)
    {
        if (activity is not { Type: "invoke", Name: "fileConsent/invoke", ChannelId: TeamsReader.Channel }
            || TeamsReader.Read(activity.Value, TeamsJson.Default.TeamsDecision) is not { } decision)
        {
            return null;
        }

        var key = decision.Context?.File ?? "";
        if (!_offers.TryGetValue(key, out var offer) || offer.Chat.ExternalId != activity.Conversation?.Id)
        {
            return decision.Action == "accept" ? Gone : WebhookReply.Ok;
        }

        if (decision.Action != "accept")
        {
            _offers.TryRemove(key, out _);
            return WebhookReply.Ok;
        }

        return decision.UploadInfo is { } place && AddressOf(place) is { } address ? await HandOverAsync(key, offer, place, address) : Failed;
    }

    // Teams gives up waiting long before a large file is in place: the file goes on, and ends by the time that files have.
    private async Task<WebhookReply> HandOverAsync(string key, Offer offer, TeamsUpload place, Uri address)
    {
        // Two presses are one file.
        if (time.GetUtcNow() - offer.At > Lifetime || !_offers.TryRemove(key, out _))
        {
            return Gone;
        }

        var isOver = false;
        try
        {
            if (await UploadAsync(offer.File, address) is not CallOutcome.Answered { IsSuccess: true })
            {
                return Failed;
            }

            isOver = true;
            await sender.SendAsync(LinkIn(offer.Chat), text: null, [LinkTo(place, offer.File)], CancellationToken.None);
            return WebhookReply.Ok;
        }
        catch (Exception fault) when (fault is IOException or AttachmentGoneException)
        {
            isOver = true;
            return Gone;
        }
        finally
        {
            if (!isOver)
            {
                _offers[key] = offer;
            }
        }
    }

    private async Task<CallOutcome> UploadAsync(OutboundFile file, Uri address)
    {
        await using var content = await file.OpenAsync(CancellationToken.None);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new StreamContent(content) };
        request.Content.Headers.ContentLength = file.SizeBytes;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (file.SizeBytes > 0)
        {
            request.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, file.SizeBytes - 1, file.SizeBytes);
        }

        return await connector.UploadAsync(request, settings.IsConnector(address), CancellationToken.None);
    }

    private Uri? AddressOf(TeamsUpload place)
        => Uri.TryCreate(place.UploadUrl, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || settings.IsConnector(address)) ? address : null;

    private OutboundMessage LinkIn(ExternalChat chat) => new(Guid.CreateVersion7(), connection, chat, new MessageBody(""), null, 1, false);

    private static TeamsPart LinkTo(TeamsUpload place, OutboundFile file) => new(
        "application/vnd.microsoft.teams.card.file.info",
        JsonSerializer.SerializeToElement(new TeamsFileCard(place.UniqueId, place.FileType), TeamsJson.Default.TeamsFileCard), place.Name ?? file.Name, place.ContentUrl);

    private void MakeRoom()
    {
        if (_offers.Count < MostOffers)
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var (key, _) in _offers.Where(pair => now - pair.Value.At > Lifetime).Concat(_offers.OrderBy(pair => pair.Value.At).Take(MostOffers / 10)).ToList())
        {
            _offers.TryRemove(key, out _);
        }
    }

    private sealed record Offer(ExternalChat Chat, OutboundFile File, DateTimeOffset At);
}
