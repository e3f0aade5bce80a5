using System.Collections.Concurrent;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Attachments;

/// <summary>Whose files are fetched, and how many at once.</summary>
public sealed class AttachmentWorkerTests : IAsyncLifetime, IDisposable
{
    private readonly Messengers _messengers = new();
    private readonly AttachmentSignal _signal = new();
    private PathPorts _house = null!;
    private AttachmentWorker? _worker;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _house = await MemoryPorts.OpenAsync();
        await _house.Tenants.EnsureAsync(TenantId.Default, "Home", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(CancellationToken.None);
            _worker.Dispose();
        }
    }

    public void Dispose() => _signal.Dispose();

    [Fact]
    public async Task A_messenger_that_hangs_keeps_nobody_elses_files_waiting()
    {
        var hanging = _messengers.Add("hanging", isHanging: true);
        var quick = _messengers.Add("quick");
        var first = await SendAsync("hanging", 5);
        await StartAsync(new AttachmentOptions());
        await UntilAsync(() => Task.FromResult(hanging.Open == 2));

        var second = await SendAsync("quick", 7);

        await UntilAsync(async () => (await StatesAsync(second)).All(state => state == AttachmentState.Kept));
        Assert.Equal((2, 7), (hanging.Opened, quick.Opened));
        hanging.Release();
        await UntilAsync(async () => (await StatesAsync(first)).All(state => state == AttachmentState.Kept));
        Assert.Equal((2, 5), (hanging.MostOpen, hanging.Opened));
        Assert.InRange(quick.MostOpen, 1, 2);
    }

    [Fact]
    public async Task All_together_fetch_no_more_at_once_than_there_are_places()
    {
        var hanging = Enumerable.Range(0, 4).Select(i => _messengers.Add($"m{i}", isHanging: true)).ToList();
        var sent = new List<AttachmentId>();
        foreach (var i in Enumerable.Range(0, 4))
        {
            sent.AddRange(await SendAsync($"m{i}", 2));
        }

        await StartAsync(new AttachmentOptions { MaxFetches = 3, MaxFetchesOfConnection = 2 });
        await UntilAsync(() => Task.FromResult(hanging.Sum(one => one.Open) == 3));
        hanging.ForEach(one => one.Release());

        await UntilAsync(async () => (await StatesAsync(sent)).All(state => state == AttachmentState.Kept));
        Assert.Equal((3, 8), (_messengers.MostOpen, hanging.Sum(one => one.Opened)));
    }

    [Fact]
    public async Task What_is_under_way_ends_with_the_worker_and_waits_for_the_next()
    {
        var hanging = _messengers.Add("hanging", isHanging: true);
        var sent = await SendAsync("hanging", 1);
        await StartAsync(new AttachmentOptions());
        await UntilAsync(() => Task.FromResult(hanging.Open == 1));

        await _worker!.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal(0, hanging.Open);
        Assert.Equal([AttachmentState.Waiting], await StatesAsync(sent));
    }

    private Task StartAsync(AttachmentOptions options)
    {
        _worker = new AttachmentWorker(
            _house.Attachments, new AttachmentKeeper(_house.Attachments, _messengers, options.ToLimits(), _house.Clock), _signal, options.ToLimits(), Options.Create(options),
            _house.Clock, NullLogger<AttachmentWorker>.Instance);
        return _worker.StartAsync(Cancel);
    }

    private async Task<IReadOnlyList<AttachmentId>> SendAsync(string connection, int files)
    {
        var line = new Connection(
            new ConnectionId(connection), TenantId.Default, "loopback", connection, AccessPolicy.Open, true, false, SettingValues.Empty, _house.Clock.GetUtcNow(), _house.Clock.GetUtcNow());
        var message = new InboundMessage
        {
            Connection = line.Id,
            DedupeKey = "1",
            Chat = new ExternalChat($"chat-{connection}"),
            Sender = new ExternalSender($"{connection}-1", "Ann"),
            ExternalMessageId = "1",
            Content = new InboundContent.Said("look", [.. Enumerable.Range(0, files).Select(i => new Attachment("file", $"ref-{i}", $"{i}.txt", "text/plain"))]),
            SentAt = _house.Clock.GetUtcNow(),
        };
        var stored = Assert.IsType<InboxOutcome.Stored>(await _house.Inbox.StoreAsync(line, message, _ => new Admission.Admit(), Cancel));
        _signal.Wake();
        return [.. Enumerable.Range(1, files).Select(number => new AttachmentId(stored.Conversation, 1, number))];
    }

    private async Task<IReadOnlyList<AttachmentState>> StatesAsync(IEnumerable<AttachmentId> ids)
    {
        var states = new List<AttachmentState>();
        foreach (var id in ids)
        {
            states.Add((await _house.Attachments.FindAsync(TenantId.Default, id, Cancel))!.Value.File.State);
        }

        return states;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }
    }

    private sealed class Messengers : IChannelSessions
    {
        private readonly ConcurrentDictionary<ConnectionId, Messenger> _all = new();
        private readonly Lock _counting = new();
        private int _open;

        public int MostOpen { get; private set; }

        public Messenger Add(string name, bool isHanging = false) => _all[new ConnectionId(name)] = new Messenger(this, isHanging);

        public IChannelSession? Find(ConnectionId id) => _all[id];

        public Connection? FindConnection(ConnectionId id) => null;

        void IChannelSessions.NoteInbound(ConnectionId id) { }

        void IChannelSessions.NoteOutbound(ConnectionId id) { }

        public void Count(int by)
        {
            lock (_counting)
            {
                _open += by;
                MostOpen = Math.Max(MostOpen, _open);
            }
        }
    }

    private sealed class Messenger(Messengers all, bool isHanging) : IChannelSession, IAttachmentReader
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _counting = new();

        /// <summary>Calls under way.</summary>
        public int Open { get; private set; }

        public int MostOpen { get; private set; }

        public int Opened { get; private set; }

        public void Release() => _released.TrySetResult();

        public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
        {
            Count(1);
            try
            {
                await (isHanging ? _released.Task : Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken)).WaitAsync(cancellationToken);
                return new MemoryStream("it drips"u8.ToArray());
            }
            finally
            {
                Count(-1);
            }
        }

        public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Count(int by)
        {
            lock (_counting)
            {
                (Open, Opened) = (Open + by, Opened + Math.Max(by, 0));
                MostOpen = Math.Max(MostOpen, Open);
            }

            all.Count(by);
        }
    }
}
