using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>What is fetched is counted, looked at and kept, or people are told why not.</summary>
public sealed class AttachmentKeeperTests
{
    private static readonly AttachmentLimits Limits = new(MaxBytes: 1_000, MaxPixels: 10_000, TimeSpan.FromMinutes(2), MaxAttempts: 3);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(7);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly Recorder _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_is_kept_as_it_came()
    {
        await KeepAsync("report.pdf", "%PDF-1.7 hello"u8.ToArray());

        Assert.Equal(("application/pdf", "%PDF-1.7 hello"), (_store.MediaType, System.Text.Encoding.ASCII.GetString(_store.Content!)));
    }

    [Fact]
    public async Task A_picture_is_kept_without_what_it_tells_about_its_maker()
    {
        await KeepAsync("photo.jpg", Files.Jpeg());

        Assert.Equal("image/jpeg", _store.MediaType);
        Assert.DoesNotContain(Files.Secret, System.Text.Encoding.Latin1.GetString(_store.Content!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public async Task A_file_is_counted_while_it_comes_in_whatever_was_announced(int size, bool isTooLarge)
    {
        await KeepAsync("notes.txt", [.. Enumerable.Repeat((byte)'a', size)], announced: 5);

        Assert.Equal(isTooLarge ? AttachmentState.TooLarge : null, _store.Ended?.State);
        Assert.Equal(isTooLarge ? null : size, _store.Content?.Length);
    }

    [Fact]
    public async Task What_is_announced_too_large_is_not_even_asked_for()
    {
        var session = new FileSession(() => throw new InvalidOperationException("It was asked for."));

        await KeepAsync("notes.txt", session, announced: 1_001);

        Assert.Equal((AttachmentState.TooLarge, "attachment.too-large"), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task A_stream_that_never_ends_is_left_at_the_limit()
    {
        var endless = new Endless();

        await KeepAsync("notes.txt", new FileSession(() => endless));

        Assert.Equal(AttachmentState.TooLarge, _store.Ended?.State);
        Assert.InRange(endless.Taken, 1_000, 200_000);
        Assert.True(endless.IsClosed);
    }

    [Theory]
    [InlineData("photo.jpg", "attachment.not-what-it-says")]
    [InlineData("page.png", "attachment.not-what-it-says")]
    public async Task A_page_that_goes_by_the_name_of_a_picture_is_refused(string name, string code)
    {
        await KeepAsync(name, "<html><script>alert(1)</script></html>"u8.ToArray());

        Assert.Equal((AttachmentState.Refused, code), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task A_damaged_picture_is_refused()
    {
        await KeepAsync("photo.png", Files.Png()[..40]);

        Assert.Equal((AttachmentState.Refused, "attachment.broken-picture"), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task A_picture_that_would_fill_the_memory_of_whoever_looks_at_it_is_refused()
    {
        await KeepAsync("photo.png", Files.Png(60_000, 60_000));

        Assert.Equal((AttachmentState.TooLarge, "attachment.too-many-pixels"), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_until_it_was_tried_often_enough()
    {
        var session = new FileSession(() => throw new AttachmentUnavailableException(Phrase.Of("telegram.files-unreachable")));

        await KeepAsync("a.txt", session, attempt: 2);
        Assert.Equal((_clock.GetUtcNow() + Later, "telegram.files-unreachable"), (_store.RetryAt, _store.RetryReason?.FirstCode));
        Assert.Null(_store.Ended);

        await KeepAsync("a.txt", session, attempt: 3);
        Assert.Equal((AttachmentState.Failed, "telegram.files-unreachable"), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task What_the_messenger_refuses_is_not_tried_again()
    {
        await KeepAsync("a.txt", new FileSession(() => throw new AttachmentUnavailableException(Phrase.Of("telegram.no-file-address"), AttachmentFault.Final)));

        Assert.Equal((AttachmentState.Failed, "telegram.no-file-address"), (_store.Ended?.State, _store.Ended?.Reason.FirstCode));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_in_the_middle_is_tried_again()
    {
        await KeepAsync("a.txt", new FileSession(() => new BreakingOff()));

        Assert.Equal("attachment.cut-off", _store.RetryReason?.FirstCode);
    }

    [Fact]
    public async Task A_connection_that_is_not_running_is_waited_for()
    {
        await KeepAsync("a.txt", (IChannelSession?)null);

        Assert.Equal("attachment.not-connected", _store.RetryReason?.FirstCode);
    }

    [Fact]
    public async Task A_messenger_that_dawdles_is_left_in_time()
    {
        var keeping = KeepAsync("a.txt", new FileSession(() => new Dawdling()));
        await Task.Yield();
        _clock.Advance(Limits.FetchTimeout);
        await keeping;

        Assert.Equal("attachment.cut-off", _store.RetryReason?.FirstCode);
    }

    private Task KeepAsync(string name, byte[] content, long? announced = null) => KeepAsync(name, new FileSession(() => new MemoryStream(content)), announced: announced);

    private Task KeepAsync(string name, IChannelSession? session, int attempt = 1, long? announced = null)
        => new AttachmentKeeper(_store, new OneSession(session), Limits, _clock).KeepAsync(
            new AttachmentClaim(
                TenantId.Default, new AttachmentId(new ConversationId(Guid.CreateVersion7()), 1, 1), new ConnectionId("line"), new PersonId(Guid.CreateVersion7()),
                new Attachment("file", "ref", name, null, announced), attempt),
            Later, Cancel);

    private sealed class OneSession(IChannelSession? session) : IChannelSessions
    {
        public IChannelSession? Find(ConnectionId id) => session;

        public Connection? FindConnection(ConnectionId id) => null;

        void IChannelSessions.NoteInbound(ConnectionId id) { }

        void IChannelSessions.NoteOutbound(ConnectionId id) { }
    }

    private sealed class FileSession(Func<Stream> open) : IChannelSession, IAttachmentReader
    {
        public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => Task.FromResult(open());

        public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private abstract class Incoming : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Endless : Incoming
    {
        public int Taken { get; private set; }

        public bool IsClosed { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Taken += buffer.Length;
            buffer.Span.Fill((byte)'a');
            return ValueTask.FromResult(buffer.Length);
        }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class BreakingOff : Incoming
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("reset");
    }

    private sealed class Dawdling : Incoming
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    /// <summary>Notes how a claim ended.</summary>
    private sealed class Recorder : IAttachmentStore
    {
        public string? MediaType { get; private set; }

        public byte[]? Content { get; private set; }

        public (AttachmentState State, Phrase Reason)? Ended { get; private set; }

        public DateTimeOffset? RetryAt { get; private set; }

        public Phrase? RetryReason { get; private set; }

        public Task<bool> KeepAsync(AttachmentClaim claim, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            (MediaType, Content) = (mediaType, content.ToArray());
            return Task.FromResult(true);
        }

        public Task EndAsync(AttachmentClaim claim, AttachmentState state, Phrase reason, CancellationToken cancellationToken)
        {
            Ended = (state, reason);
            return Task.CompletedTask;
        }

        public Task RetryLaterAsync(AttachmentClaim claim, Phrase reason, DateTimeOffset at, CancellationToken cancellationToken)
        {
            (RetryReason, RetryAt) = (reason, at);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<AttachmentDue>> ListDueAsync(DateTimeOffset now, int ofConnection, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AttachmentClaim?> ClaimAsync(AttachmentDue due, DateTimeOffset until, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<(AttachmentFile File, Attachment Named)?> FindAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
