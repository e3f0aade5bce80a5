using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class InterruptedSendsTests : IDeliveryProbe
{
    private readonly FakeTimeProvider _clock = new();
    private readonly InterruptedSends _interrupted;
    private readonly List<IReadOnlySet<string>> _known = [];
    private DeliveryFinding? _finding = new(ExternalId: null);
    private bool _storeFails;
    private int _calls;

    public InterruptedSendsTests()
    {
        var store = new FailingOutbox(new InMemoryHouse(_clock), name => (name != nameof(IOutbox.FindKnownExternalIdsAsync) || ++_calls > 0) && _storeFails);
        _interrupted = new InterruptedSends(store, TimeSpan.FromHours(24), _clock, NullLogger.Instance);
    }

    [Fact]
    public async Task What_was_shown_counts_as_delivered_under_the_id_it_was_found_by()
    {
        _finding = new DeliveryFinding("seen-1");

        Assert.Equal("seen-1", Assert.IsType<SendOutcome.Delivered>(await LookIntoAsync()).ExternalId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_not_shown_or_cannot_be_told_is_to_be_sent(bool canTell)
    {
        _finding = canTell ? new DeliveryFinding(ExternalId: null) : null;

        Assert.Null(await LookIntoAsync());
    }

    [Fact]
    public async Task A_recoverys_rows_share_one_look_up_and_a_later_recovery_has_its_own()
    {
        await LookIntoAsync();
        _clock.Advance(TimeSpan.FromSeconds(9));
        await LookIntoAsync();
        Assert.Same(_known[0], _known[1]);

        _clock.Advance(TimeSpan.FromSeconds(2));
        await LookIntoAsync();

        Assert.NotSame(_known[0], _known[2]);
        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task While_the_store_fails_nothing_is_sent_and_no_attempt_counts()
    {
        _storeFails = true;

        Assert.NotNull(Assert.IsType<SendOutcome.RetryAfter>(await LookIntoAsync()).Delay);
        Assert.Empty(_known);
    }

    [Fact]
    public async Task A_look_up_that_failed_is_not_kept()
    {
        _storeFails = true;
        await LookIntoAsync();
        _storeFails = false;

        Assert.Null(await LookIntoAsync());
    }

    public Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
    {
        _known.Add(knownExternalIds);
        return Task.FromResult(_finding);
    }

    private Task<SendOutcome?> LookIntoAsync() => _interrupted.LookIntoAsync(
        this, Row.Of(Row.NewConversation()), new OutboundMessage(Guid.CreateVersion7(), Row.Line, new ExternalChat("chat-1"), new MessageBody("hi"), null, 2, MayRepeat: true),
        TestContext.Current.CancellationToken);
}
