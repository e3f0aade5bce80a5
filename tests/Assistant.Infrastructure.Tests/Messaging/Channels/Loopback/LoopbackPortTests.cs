using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Loopback;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Loopback;

public sealed class LoopbackPortTests
{
    private static readonly Connection Loop = new(
        new ConnectionId("loop"), TenantId.Default, "loopback", "Loop", AccessPolicy.Open, true, false, SettingValues.Empty, default, default);

    private readonly LoopbackPort _port = new(new FakeTimeProvider());
    private readonly IChannelSession _session;

    public LoopbackPortTests() => _session = new LoopbackChannel(_port).Open(Loop);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_said_waits_for_the_session_and_goes_through_the_gateway()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var host = new Host();
        var sending = _port.SendAsync(Loop.Id, "li", "hello", "m1", Cancel);
        Assert.False(sending.IsCompleted);

        var running = _session.RunAsync(host, stopping.Token);
        Assert.IsType<GatewayOutcome.Stored>(await sending);
        await _port.SendAsync(Loop.Id, "li", "hello", "m1", Cancel);
        await stopping.CancelAsync();
        await running;

        Assert.Equal(["li/m1", "li/m1"], host.Accepted.Select(message => message.DedupeKey));
        Assert.False(_port.SendAsync(Loop.Id, "li", "nobody listens", cancellationToken: Cancel).IsCompleted);
    }

    [Fact]
    public async Task Sends_end_as_scripted_and_then_well()
    {
        _port.Script(Loop.Id, "li", new SendOutcome.RetryAfter(TimeSpan.FromSeconds(3), new Phrase.Verbatim("slow down")), new SendOutcome.Rejected(new Phrase.Verbatim("blocked")), new SendOutcome.Uncertain(new Phrase.Verbatim("no answer")));
        var message = Message("hi");

        Assert.IsType<SendOutcome.RetryAfter>(await _session.SendAsync(message, Cancel));
        Assert.IsType<SendOutcome.Rejected>(await _session.SendAsync(message, Cancel));
        Assert.Empty(_port.ShownIn(Loop.Id, "li"));
        Assert.IsType<SendOutcome.Uncertain>(await _session.SendAsync(message, Cancel));
        Assert.IsType<SendOutcome.Delivered>(await _session.SendAsync(message with { MayRepeat = true }, Cancel));

        Assert.Equal("hi", Assert.Single(_port.ShownIn(Loop.Id, "li")).Body.Markdown);
        Assert.Equal(4, _port.AttemptsIn(Loop.Id, "li").Count);
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_message_it_waits_for()
    {
        var waiting = _port.WaitForAsync(Loop.Id, "li", 2, Cancel);
        await _session.SendAsync(Message("one"), Cancel);
        Assert.False(waiting.IsCompleted);
        await _session.SendAsync(Message("two"), Cancel);

        Assert.Equal(["one", "two"], (await waiting).Select(message => message.Body.Markdown));
        Assert.Equal(2, (await _port.WaitForAsync(Loop.Id, "li", 1, Cancel)).Count);
    }

    [Fact]
    public async Task A_benchmark_keeps_nothing()
    {
        var shown = 0;
        _port.KeepsShown = false;
        _port.Shown += _ => shown++;

        await _session.SendAsync(Message("one"), Cancel);

        Assert.Equal(1, shown);
        Assert.Empty(_port.ShownIn(Loop.Id, "li"));
    }

    private static OutboundMessage Message(string text) =>
        new(Guid.CreateVersion7(), Loop.Id, new ExternalChat("li"), new MessageBody(text), null, 1, false);

    private sealed class Host : IChannelHost, IMessageGateway
    {
        public List<InboundMessage> Accepted { get; } = [];

        public IMessageGateway Gateway => this;

        public Uri? PublicBaseUrl => null;

        public Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
        {
            Accepted.Add(message);
            return Task.FromResult<GatewayOutcome>(new GatewayOutcome.Stored(ConversationId.Create()));
        }

        public Task<string?> ReadCursorAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task SaveCursorAsync(string cursor, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Report(ConnectionState state, Phrase detail)
        {
        }
    }
}
