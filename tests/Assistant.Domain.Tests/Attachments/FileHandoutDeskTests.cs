using Assistant.Domain.Attachments;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>A file that goes out is for whoever has its address, and for nobody else.</summary>
public sealed class FileHandoutDeskTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryHouse _house;
    private readonly FakeFileAddresses _addresses;

    public FileHandoutDeskTests()
    {
        _house = new InMemoryHouse(_clock);
        _addresses = new FakeFileAddresses(new Uri("https://assistant.example/"), _clock);
    }

    private FileHandoutDesk Desk => new(_addresses, _house, _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_has_the_address_has_the_file_until_the_time_is_over()
    {
        var token = TokenOf(await SendAsync());

        var open = Assert.IsType<FileHandout.Open>(await Desk.OpenAsync(token, Cancel));
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(open));
        Assert.Equal(("plan.txt", "text/plain"), (open.Named.FileName, open.File.MediaType));
        _clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.IsType<FileHandout.Open>(await Desk.OpenAsync(token, Cancel));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<FileHandout.Over>(await Desk.OpenAsync(token, Cancel));
    }

    [Fact]
    public async Task What_nobody_made_is_told_from_what_is_over()
    {
        await SendAsync();

        Assert.IsType<FileHandout.Unknown>(await Desk.OpenAsync("a-guess", Cancel));
    }

    [Fact]
    public async Task A_file_that_came_in_is_not_handed_out_whatever_the_address_says()
    {
        var id = await _house.ReceiveAsync("text/plain", "hello"u8.ToArray(), _clock.GetUtcNow());

        Assert.IsType<FileHandout.Over>(await Desk.OpenAsync(TokenOf(id), Cancel));
    }

    [Fact]
    public async Task Another_file_or_the_same_of_another_tenant_is_not_there()
    {
        var id = await SendAsync();

        Assert.IsType<FileHandout.Over>(await Desk.OpenAsync(TokenOf(id with { Number = 2 }), Cancel));
        Assert.IsType<FileHandout.Over>(await Desk.OpenAsync(TokenOf(id with { Seq = id.Seq + 1 }), Cancel));
        Assert.IsType<FileHandout.Over>(await Desk.OpenAsync(TokenOf(id, new TenantId("other")), Cancel));
    }

    private Task<AttachmentId> SendAsync() => _house.SendAsync("plan.txt", "text/plain", "hello"u8.ToArray(), _clock.GetUtcNow());

    private string TokenOf(AttachmentId id, TenantId? tenant = null)
        => _addresses.Of(tenant ?? TenantId.Default, id, "text/plain", TimeSpan.FromHours(1))!.Segments[^2].TrimEnd('/');

    private static async Task<byte[]> ReadAsync(FileHandout.Open open)
    {
        using var content = new MemoryStream();
        await foreach (var piece in open.ReadAsync(Cancel))
        {
            content.Write(piece.Span);
        }

        return content.ToArray();
    }
}
