using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Attachments;

/// <summary>Whoever can write to the database can destroy a file, but not change what it says.</summary>
public sealed class SealedFileTests : PathContract
{
    private const int Size = 700_000; // three pieces

    private TestHouse _house = null!;

    [Theory]
    [InlineData("a piece is altered", "UPDATE attachment_chunks SET body = zeroblob(length(body)) WHERE seq = 1 AND chunk = 1")]
    [InlineData("a piece is dropped", "DELETE FROM attachment_chunks WHERE seq = 1 AND chunk = 1")]
    [InlineData("the end is cut off", "UPDATE attachments SET chunk_count = 2 WHERE seq = 1")]
    [InlineData("all but nothing is cut off", "UPDATE attachments SET chunk_count = 1 WHERE seq = 1")]
    [InlineData("a piece is doubled", "UPDATE attachment_chunks SET body = (SELECT o.body FROM attachment_chunks o WHERE o.seq = 1 AND o.chunk = 0) WHERE seq = 1 AND chunk = 1")]
    [InlineData("pieces change places", "UPDATE attachment_chunks SET body = (SELECT o.body FROM attachment_chunks o WHERE o.seq = 1 AND o.chunk = 1 - attachment_chunks.chunk) WHERE seq = 1 AND chunk < 2")]
    [InlineData("a piece comes from another file", "UPDATE attachment_chunks SET body = (SELECT o.body FROM attachment_chunks o WHERE o.seq = 2 AND o.chunk = 0) WHERE seq = 1 AND chunk = 0")]
    public async Task A_file_does_not_open_once(string what, string sql)
    {
        var file = await KeepAsync("1", 1);
        await KeepAsync("2", 2);
        Assert.Equal(Size, await ReadAsync(file));

        Assert.True(await _house.Get<IWriteQueue>().ExecuteAsync(TenantScope.Of(Home), session => session.Execute(sql), Cancel) > 0, what);

        await Assert.ThrowsAsync<SealBrokenException>(() => ReadAsync(file));
    }

    [Fact]
    public async Task Nothing_of_a_file_lies_plain_in_its_pieces()
    {
        await KeepAsync("1", 7);

        var pieces = await _house.Get<IReadPool>().ReadAsync(
            TenantScope.Of(Home), session => session.Query("SELECT body FROM attachment_chunks", row => row.GetBytes(0)), Cancel);

        Assert.Equal(3, pieces.Count);
        Assert.All(pieces, piece => Assert.Equal(-1, piece.AsSpan().IndexOf((ReadOnlySpan<byte>)[7, 7, 7, 7, 7, 7, 7, 7])));
    }

    protected override async Task<PathPorts> OpenAsync() => (_house = await TestHouse.OnSqliteAsync()).Ports;

    private async Task<AttachmentId> KeepAsync(string message, byte content)
    {
        var said = Said(HomeLine, message, "look") with { Content = new InboundContent.Said("look", [new Attachment("file", "ref", "a.bin")]) };
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, said));
        var due = Assert.Single(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
        var claim = Assert.IsType<AttachmentClaim>(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow().AddMinutes(1), Cancel));
        Assert.True(await Ports.Attachments.KeepAsync(claim, "application/octet-stream", Enumerable.Repeat(content, Size).ToArray(), Cancel));
        return claim.Id;
    }

    private async Task<int> ReadAsync(AttachmentId id)
    {
        var read = 0;
        await foreach (var piece in Ports.Attachments.ReadAsync(Home, id, Cancel))
        {
            read += piece.Length;
        }

        return read;
    }
}
