using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Shows messages. One call each; what to do about a failure is said in the outcome.</summary>
/// <remarks>
/// The message's id goes along twice: as the pending post's, by which the server knows a repeat for half a minute, and among the post's properties, where it
/// stays, so that afterwards it can be found out whether the message was shown.
/// </remarks>
internal sealed class MattermostSender(MattermostClient client, MattermostButtons buttons) : IDeliveryProbe
{
    private const string IdName = "assistant_message";

    /// <summary>What the server answers at most when asked for all posts since a moment.</summary>
    private const int LargestAnswer = 1_000;

    /// <summary>How far the clocks of both machines may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    private volatile Uri? _callback;

    /// <summary>Where the server calls when a button is pressed; <see langword="null"/> when there is no such address, and choices go as numbered text.</summary>
    public Uri? Callback
    {
        get => _callback;
        set => _callback = value;
    }

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => SendAsync(message, [], cancellationToken);

    /// <param name="files">Ids of files that are uploaded already.</param>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        if (!MattermostIds.IsId(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(MattermostChannel.Name, message.Chat);
        }

        var reply = await client.PostAsync("posts", PostOf(message, files), cancellationToken);
        return reply.IsOk && reply.Body["id"].Text is { Length: > 0 } id ? new SendOutcome.Delivered(id) : MattermostFailure.Outcome(reply);
    }

    /// <inheritdoc />
    public async Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
    {
        if (!MattermostIds.IsId(message.Chat.ExternalId))
        {
            return null;
        }

        var since = MattermostIds.TimeOf(message.Id) - (long)ClockSkew.TotalMilliseconds;
        var reply = await client.GetAsync(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"channels/{message.Chat.ExternalId}/posts?since={since}"), cancellationToken);
        var posts = reply.Body["posts"].Members.ToList();
        if (posts.Where(post => post.Value["props"][IdName].Text == message.Id.ToString("N")).Select(post => post.Name).FirstOrDefault() is { } shown)
        {
            return new DeliveryFinding(shown);
        }

        return reply.IsOk && reply.Body["posts"].IsObject && posts.Count < LargestAnswer ? new DeliveryFinding(null) : null;
    }

    private JsonObject PostOf(OutboundMessage message, IReadOnlyList<string> files)
    {
        var callback = Callback;
        var body = callback is null ? ButtonText.Append(message.Body) : message.Body;
        var props = new JsonObject { [IdName] = message.Id.ToString("N") };
        if (callback is not null && body.Buttons.Count > 0)
        {
            props["attachments"] = buttons.Of(message, callback);
        }

        return new JsonObject
        {
            ["channel_id"] = message.Chat.ExternalId,
            ["root_id"] = message.Chat.ThreadId ?? "",
            ["message"] = MattermostText.Write(body.Markdown),
            ["pending_post_id"] = message.Id.ToString("N"),
            ["file_ids"] = new JsonArray([.. files.Select(id => JsonValue.Create(id))]),
            ["props"] = props,
        };
    }
}
