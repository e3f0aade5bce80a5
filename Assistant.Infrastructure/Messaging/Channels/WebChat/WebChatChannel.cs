using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

/// <summary>The messenger of the house itself: people write in the browser at <c>/chat/{connection}</c>.</summary>
[ActsFor("the senders its access policy admits")]
[NotAudited("what visitors write comes in through the hub, what they are told goes out through the outbox")]
internal sealed class WebChatChannel(ChatIdentities identities, TimeProvider time) : IChannel
{
    private const string Balloon = "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 6v2h10V9H7zm0 4v2h7v-2H7z";
    private const int MaxText = 32_000;

    public ChannelManifest Manifest { get; } = new(
        WebChatProfile.ChannelType,
        "Web chat",
        Balloon,
        SetupUrl: null,
        ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.Streaming | ChannelCapabilities.IdempotentSend,
        new TextLimit(MaxText),
        WebChatProfile.Fields)
    {
        Readers = new(
            "Nobody in between while encryption is required: everything is end-to-end encrypted between the browser and this installation. "
            + "Switched off, whoever ends TLS reads everything.",
            "要求加密时，中间没有人能读取：浏览器与本安装之间全程端到端加密。关闭加密后，终止 TLS 的一方可以读取全部内容。"),
    };

    public Task PrepareAsync(Connection connection, CancellationToken cancellationToken)
        => WebChatProfile.Of(connection).IsSealed ? identities.OfAsync(connection, cancellationToken) : Task.CompletedTask;

    public IChannelSession Open(Connection connection) => new WebChatSession(connection);

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var problems = WebChatProfile.Check(settings);
        var origins = AllowedOrigins.Parse(settings.Find("allowedOrigins")).Sources;
        var colours = problems.FirstOrDefault(problem => problem.Key != "allowedOrigins").Problem;
        var sites = problems.FirstOrDefault(problem => problem.Key == "allowedOrigins").Problem;
        IReadOnlyList<ConnectionCheck> checks =
        [
            new(Phrase.Of("webchat.check-colours"), colours is null, colours ?? Phrase.Of("webchat.colours-fine"),
                colours is null ? null : Phrase.Of("webchat.colours-fix")),
            new(Phrase.Of("webchat.check-sites"), sites is null,
                sites ?? (origins.Count == 0
                    ? Phrase.Of("webchat.no-other-site")
                    : Phrase.Of("webchat.sites", ("sites", string.Join(", ", origins)))),
                sites is null ? null : Phrase.Of("webchat.sites-fix")),
        ];
        return Task.FromResult(new ConnectionTest(checks, time.GetElapsedTime(started)));
    }
}
