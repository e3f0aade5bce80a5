using Assistant.Domain.Attachments;
using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>
/// One conversation under the real processor, desk and outbox worker: people speak, the assistant answers in parts, operators take
/// over, hand back and take over again, in an order drawn from a seed.
/// </summary>
internal sealed class TakeOverRace : IChannelCatalog, IChannel, IChannelSessions, IChannelSession, IReplyGenerator, IConversationExecutor, IOutboxSignal, IDisposable
{
    private const string Assistants = "assistant";

    private readonly int _seed;
    private readonly PathPorts _ports;
    private readonly Connection _line;
    private readonly ExternalChat _chat;
    private readonly RandomSteps _steps;
    private readonly GatedOutbox _outbox;
    private readonly OutboxWorker _worker;
    private readonly TurnProcessor _processor;
    private readonly ConversationDesk _desk;
    private readonly Caller _anna = Callers.Of(Roles.Operator, "Anna");
    private readonly Caller _bo = Callers.Of(Roles.Operator, "Bo");
    private readonly List<string> _shown = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, Generated> _generated = [];
    private ConversationId _conversation;
    private bool _isAnswering;
    private bool _isWokenAgain;
    private int _replies;
    private int _underWay;
    private int _handingBack;
    private long _handedBackAt;
    private int _handBacks;
    private bool _isGuarded;

    public TakeOverRace(PathPorts ports, Connection line, int seed)
    {
        (_ports, _line, _seed, _steps) = (ports, line, seed, new RandomSteps(seed));
        _chat = new ExternalChat(string.Create(CultureInfo.InvariantCulture, $"race-{seed}"));
        _outbox = new GatedOutbox(ports.Outbox);
        _worker = new OutboxWorker(_outbox, this, ports.Connections, Messaging.Unwatched.Pauses(ports.Clock), new FileParts(ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions { MaxAttempts = 100 }), ports.Clock, NullLogger<OutboxWorker>.Instance);
        var live = new WatchedFeed(Watch);
        _processor = new TurnProcessor(
            new GatedTurns(ports.Turns), ports.Recall, this, this, this, ports.Connections, this, live, TurnLimits.Default, ports.Clock);
        _desk = new ConversationDesk(ports.Conversations, ports.Queries, ports.Connections, this, this, this, live, AttachmentLimits.Default, FakeFileAddresses.None, ports.Clock);
    }

    public IReadOnlyList<IChannel> All => [this];

    public ChannelManifest Manifest { get; } = new("loopback", "Race", "", null, ChannelCapabilities.None, new TextLimit(16), []);

    /// <summary>Runs the race; throws with the seed when a promise was broken.</summary>
    public void Run()
    {
        _steps.Run(RaceAsync, () => _worker.Active == 0 && !_isAnswering);
        _steps.Run(CheckAsync, () => true);
        Assert.True(_problems.Count == 0, $"seed {_seed}: {string.Join("; ", _problems)}");
    }

    public void Dispose() => _worker.Dispose();

    private async Task RaceAsync()
    {
        await HearAsync(0);
        var tasks = new List<Task> { TakeOverAsync(_anna), SpeakAsync(_steps.Random.Next(1, 4)), SweepAsync(_steps.Random.Next(4)) };
        if (_steps.Random.Next(3) == 0)
        {
            tasks.Add(TakeOverAsync(_anna));
        }

        if (_steps.Random.Next(2) == 0)
        {
            tasks.Add(HandBackAsync());
            tasks.Add(TakeOverAsync(_bo));
            tasks.Add(TakeOverAsync(_bo));
        }

        await Task.WhenAll(tasks);
        await TakeOverAsync(_anna); // somebody holds it at the end: she, or Bo already
    }

    private async Task SpeakAsync(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await _steps.PauseAsync(30);
            await HearAsync(i);
        }
    }

    private async Task HearAsync(int number)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{_seed}-{number}");
        var message = new InboundMessage
        {
            Connection = _line.Id, DedupeKey = id, Chat = _chat, Sender = new ExternalSender("user-1", "Li Wei"), ExternalMessageId = id,
            Content = new InboundContent.Said("hello"), SentAt = _ports.Clock.GetUtcNow(),
        };
        var outcome = await _ports.Inbox.StoreAsync(_line, message, _ => new Admission.Admit(), CancellationToken.None);
        _conversation = Assert.IsType<InboxOutcome.Stored>(outcome).Conversation;
        Wake(_conversation);
    }

    private async Task SweepAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _steps.PauseAsync(20);
            _ports.Clock.Advance(TimeSpan.FromSeconds(3));
            _worker.Committed(_conversation, null);
        }
    }

    private async Task TakeOverAsync(Caller caller)
    {
        await _steps.PauseAsync(40);
        var outcome = await _desk.TakeOverAsync(caller, _conversation, CancellationToken.None);
        var version = outcome switch
        {
            ControlOutcome.Changed changed => changed.Conversation.Version,
            ControlOutcome.Unchanged unchanged => unchanged.Conversation.Version,
            _ => 0,
        };
        if (_handingBack == 0 && version > _handedBackAt)
        {
            _isGuarded = true;
            if (_underWay > 0)
            {
                _problems.Add("a send of the assistant was under way when the take-over returned");
            }
        }
    }

    private async Task HandBackAsync()
    {
        await _steps.PauseAsync(60);
        (_isGuarded, _handingBack) = (false, _handingBack + 1);
        if (await _desk.HandBackAsync(_anna, _conversation, CancellationToken.None) is ControlOutcome.Changed changed)
        {
            _handedBackAt = changed.Conversation.Version;
            _handBacks++;
        }

        _handingBack--;
    }

    private async Task CheckAsync()
    {
        var thread = await _ports.Queries.ReadThreadAsync(TenantId.Default, _conversation, null, 100, CancellationToken.None);
        var held = (await _ports.Queries.ListHeldAsync(TenantId.Default, _conversation, CancellationToken.None)).Select(h => h.MessageSeq).ToHashSet();
        foreach (var reply in thread.Where(m => m.Author == AuthorKind.Assistant))
        {
            if (held.Contains(reply.Seq) ? reply.Delivery != DeliveryState.Held : reply.Delivery != DeliveryState.Sent)
            {
                _problems.Add($"reply {reply.Seq} is {reply.Delivery} and {(held.Contains(reply.Seq) ? "" : "not ")}held");
            }

            var parts = reply.Body.Markdown.Split("\n\n");
            if (!held.Contains(reply.Seq) && parts.Any(part => !_shown.Contains(part)))
            {
                _problems.Add($"reply {reply.Seq} was lost");
            }

            if (!held.Contains(reply.Seq) && parts.Length != _generated[parts[0]].Parts)
            {
                _problems.Add($"reply {reply.Seq} was cut off and left all the same");
            }

            if (parts.Length < _generated[parts[0]].Taken)
            {
                _problems.Add($"reply {reply.Seq} lost words that had been written");
            }
        }

        // One reply in the making may be thought again for each time the assistant was given the conversation back; none else is gone.
        var known = thread.Where(m => m.Author == AuthorKind.Assistant).Select(m => m.Body.Markdown.Split("\n\n")[0]).ToHashSet();
        var gone = _generated.Where(g => g.Value.Taken > 0 && !known.Contains(g.Key)).Select(g => g.Key).ToList();
        if (gone.Count > _handBacks)
        {
            _problems.Add($"{string.Join(", ", gone)} was written and is neither sent nor held");
        }

        if (await _ports.Outbox.FindDueAsync(DateTimeOffset.MaxValue, int.MaxValue, CancellationToken.None) is { Count: > 0 } due && due.Contains(_conversation))
        {
            _problems.Add("something is queued still while an operator holds the conversation");
        }

        if (!_shown.SequenceEqual(_shown.Order(StringComparer.Ordinal)) || _shown.Distinct().Count() != _shown.Count)
        {
            _problems.Add($"shown out of order or twice: {string.Join(", ", _shown)}");
        }
    }

    public void Wake(ConversationId conversation)
    {
        _isWokenAgain = true;
        if (!_isAnswering)
        {
            _isAnswering = true;
            _ = AnswerAsync();
        }
    }

    public void Halt(ConversationId conversation, long version) => _processor.Halt(conversation, version);

    public void HaltEdited(ConversationId conversation, string message, DateTimeOffset at) => _processor.HaltEdited(conversation, message, at);

    private async Task AnswerAsync()
    {
        try
        {
            while (_isWokenAgain)
            {
                _isWokenAgain = false;
                while (await _processor.ProcessNextAsync(_conversation, CancellationToken.None) is not (TurnEnding.NothingDue or TurnEnding.CaughtUp))
                {
                }
            }
        }
        catch (Exception error)
        {
            _problems.Add(error.ToString());
        }

        _isAnswering = false;
        _steps.Post(_ => { }, null);
    }

    public async IAsyncEnumerable<ReplyChunk> GenerateAsync(ReplyContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reply = ++_replies;
        var parts = _steps.Random.Next(1, 4);
        var generated = _generated[Part(reply, 0)] = new Generated(parts);
        for (var part = 0; part < parts; part++)
        {
            await _steps.PauseAsync(3);
            _ports.Clock.Advance(TimeSpan.FromMilliseconds(100)); // long enough for its progress to be shown
            yield return new ReplyChunk.Text(Part(reply, part) + "\n\n");

            // Asked for more, so this part was taken before anything was halted.
            generated.Taken = cancellationToken.IsCancellationRequested ? generated.Taken : part + 1;
        }

        yield return new ReplyChunk.Completed(new TurnUsage("scripted", "scripted", 1, 1, null, TimeSpan.Zero));
    }

    private void Watch(LiveEvent liveEvent)
    {
        if (_isGuarded && liveEvent is LiveEvent.ReplyProgress progress)
        {
            _problems.Add($"'{progress.Text.Trim()}' was shown after the take-over had returned");
        }
    }

    private static string Part(int reply, int part) => string.Create(CultureInfo.InvariantCulture, $"{Assistants} {reply:00}{part}");

    /// <summary>The recording session: refuses or falls silent now and then, shows the rest.</summary>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (_isGuarded)
        {
            _problems.Add($"'{message.Body.Markdown}' left after the take-over had returned");
        }

        _underWay++;
        await _steps.PauseAsync(6);
        _underWay--;
        switch (_steps.Random.Next(8))
        {
            case 0:
                return new SendOutcome.RetryAfter(null, new Phrase.Verbatim("busy"));
            case 1:
                return new SendOutcome.Uncertain(new Phrase.Verbatim("no answer"));
            default:
                _shown.Add(message.Body.Markdown);
                return new SendOutcome.Delivered(string.Create(CultureInfo.InvariantCulture, $"out-{_seed}-{_shown.Count}"));
        }
    }

    public void Committed(ConversationId conversation, OutboxEntry? claimed) => _ = HandOverAsync(conversation, claimed);

    // The moment between a commit and its signal belongs to the race.
    private async Task HandOverAsync(ConversationId conversation, OutboxEntry? claimed)
    {
        await _steps.PauseAsync(8);
        _worker.Committed(conversation, claimed);
    }

    public async Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken)
    {
        await _steps.PauseAsync(12);
        await _worker.SettleAsync(conversation, version, cancellationToken);
    }

    IChannel? IChannelCatalog.Find(string type) => this;

    IChannelSession? IChannelSessions.Find(ConnectionId id) => this;

    Connection? IChannelSessions.FindConnection(ConnectionId id) => _line;

    void IChannelSessions.NoteInbound(ConnectionId id) { }
    void IChannelSessions.NoteOutbound(ConnectionId id) { }

    public IChannelSession Open(Connection connection) => this;

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<T> GatedAsync<T>(Func<Task<T>> call)
    {
        await Task.Yield();
        var result = await call();
        await Task.Yield();
        return result;
    }

    /// <summary>A reply the engine wrote.</summary>
    /// <param name="parts">How many parts it has when it is whole.</param>
    private sealed class Generated(int parts)
    {
        public int Parts => parts;

        /// <summary>Parts the processor certainly took before a take-over stopped it.</summary>
        public int Taken { get; set; }
    }

    private sealed class GatedTurns(ITurnStore inner) : ITurnStore
    {
        public Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
            => GatedAsync(() => inner.BeginAsync(conversation, historyLimit, now, cancellationToken));

        public Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken) => GatedAsync(() => inner.CommitAsync(commit, cancellationToken));
    }

    private sealed class GatedOutbox(IOutbox inner) : IOutbox
    {
        public Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
            => GatedAsync(() => inner.ClaimNextAsync(conversation, now, cancellationToken));

        public Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken)
            => GatedAsync(() => inner.MarkSentAsync(entry, externalId, cancellationToken));

        public Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken)
            => GatedAsync(async () =>
            {
                await inner.RetryLaterAsync(entry, reason, retryAt, isUncertain, isAttempt, cancellationToken);
                return true;
            });

        public Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken) => GatedAsync(async () =>
        {
            await inner.HoldAsync(entry, cancellationToken);
            return true;
        });

        public Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken) => inner.DeadLetterAsync(entry, reason, cancellationToken);

        public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
            => inner.ReviveAsync(tenant, entryId, audit, cancellationToken);

        public Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken) => inner.RecoverInterruptedAsync(cancellationToken);

        public Task<IReadOnlyList<OutboxClaim>> FindClaimsAsync(CancellationToken cancellationToken) => inner.FindClaimsAsync(cancellationToken);

        public Task<bool> RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken) => inner.RecoverInterruptedAsync(claim, cancellationToken);

        public Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => inner.FindDueAsync(now, limit, cancellationToken);

        public Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => inner.EndWaitsAsync(now, longest, cancellationToken);

        public Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
            => inner.FindKnownExternalIdsAsync(connection, since, cancellationToken);

        public Task<string?> FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken) => inner.FindHeardBeforeAsync(entry, cancellationToken);
    }
}
