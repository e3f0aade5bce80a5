using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Any platform that posts JSON and takes JSON, by configuration alone.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class WebhookChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    /// <summary>Longest text of one message: what most platforms take.</summary>
    public static TextLimit Limit { get; } = new(4000);

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "webhook",
        DisplayName: "Webhook",
        Glyph: "M12 3a5 5 0 0 0-4.6 7L5 14a3.5 3.5 0 1 0 1.8.9l3-5.2A3 3 0 1 1 15 8h2a5 5 0 0 0-5-5z M13 9.500l3 5a3.500 3.500 0 1 1-.5 5.500H10v-2h6.800a1.500 1.500 0 1 0-.8-2l-1.300.2-3-5z",
        SetupUrl: null,
        Capabilities: ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions | ChannelCapabilities.InboundAttachments
            | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: Limit,
        Settings: WebhookFields.All)
    {
        FetchesFilesWithin = WebhookFiles.FetchedWithin,
        AwaitingReply = "", // a mapping may want {replyTo} anywhere
        Readers = new("Assume that the platform behind the webhook reads everything.", "请假定 Webhook 背后的平台可以读取全部内容。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => WebhookSettings.TryRead(connection.Settings, out var settings, out var wrong)
        ? new WebhookSession(connection, settings, http.Of(connection.Id), time)
        : new ClosedSession(Phrase.Of("webhook.unreadable-settings", ("keys", wrong)));

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var check = WebhookSettings.TryRead(settings, out var read, out var wrong)
            ? await ReachAsync(read, cancellationToken)
            : new ConnectionCheck(
                Phrase.Of("webhook.check-mapping"), false, Phrase.Of("webhook.unreadable-settings", ("keys", wrong)), Phrase.Of("webhook.mapping-fix"));
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }

    /// <summary>Asks for the address without posting: whatever is answered, somebody is there, and nothing was said to anybody.</summary>
    private async Task<ConnectionCheck> ReachAsync(WebhookSettings settings, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, settings.Template!.Server);
        return await http.CallAsync(WebhookSender.Platform, request, cancellationToken) switch
        {
            CallOutcome.Answered => new(Phrase.Of("webhook.check-address"), true, Phrase.Of("webhook.address-answers", ("host", request.RequestUri!.Host))),
            CallOutcome.NotSent notSent => Unreachable(notSent.Reason),
            CallOutcome.Lost lost => Unreachable(lost.Reason),
            var unknown => throw new InvalidOperationException($"Unknown outcome {unknown.GetType().Name}."),
        };

        static ConnectionCheck Unreachable(Phrase reason) => new(
            Phrase.Of("webhook.check-address"), false, reason, Phrase.Of("channel.network-fix", ("name", WebhookSender.Platform)));
    }
}
