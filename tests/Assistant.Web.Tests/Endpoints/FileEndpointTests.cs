using System.Net;
using System.Net.Http.Headers;
using Assistant.Domain.Attachments;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Endpoints;
using Assistant.Web.Security;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>The door through which messengers fetch files: it opens to an address of ours, and to nothing else.</summary>
public sealed class FileEndpointTests
{
    // Several pieces, and every byte known by its place.
    private static readonly byte[] Film = [.. Enumerable.Range(0, 700_001).Select(i => (byte)(i * 31 >> 3))];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_gives_the_file_as_it_is_and_nothing_a_browser_would_open()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var path = await SendAsync(host);

        using var answer = await AskAsync(host, HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Film, await answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(("video/mp4", (long?)Film.Length), (answer.Content.Headers.ContentType!.ToString(), answer.Content.Headers.ContentLength));
        Assert.Equal("attachment; filename=\"_ valve.mp4\"; filename*=UTF-8''%E5%AE%B6%20valve.mp4", Header(answer, "Content-Disposition"));
        Assert.Equal(("nosniff", "sandbox; default-src 'none'", "no-store, private"),
            (Header(answer, "X-Content-Type-Options"), Header(answer, "Content-Security-Policy"), Header(answer, "Cache-Control")));
        Assert.Equal("cross-origin", Header(answer, "Cross-Origin-Resource-Policy"));
        Assert.Empty(host.Audit.Events);
    }

    [Fact]
    public async Task Who_asks_for_the_head_is_told_the_same_without_the_file()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var path = await SendAsync(host);
        using var whole = await AskAsync(host, HttpMethod.Get, path);

        using var head = await AskAsync(host, HttpMethod.Head, path);

        Assert.Equal((HttpStatusCode.OK, (long?)Film.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(HeadersOf(whole), HeadersOf(head));
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=262143-262144", 262_143, 2)] // over the end of a piece
    [InlineData("bytes=262144-262144", 262_144, 1)]
    [InlineData("bytes=300000-", 300_000, 400_001)]
    [InlineData("bytes=-7", 699_994, 7)]
    [InlineData("bytes=700000-900000", 700_000, 1)]
    public async Task A_player_has_the_part_it_asks_for(string range, int from, int count)
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var path = await SendAsync(host);

        using var part = await AskAsync(host, HttpMethod.Get, path, range);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(Film.AsSpan(from, count).ToArray(), await part.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(new ContentRangeHeaderValue(from, from + count - 1, Film.Length), part.Content.Headers.ContentRange);
    }

    [Fact]
    public async Task A_part_that_is_not_there_is_refused()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);

        using var part = await AskAsync(host, HttpMethod.Get, await SendAsync(host), "bytes=700001-");

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, part.StatusCode);
    }

    [Fact]
    public async Task Whatever_opens_nothing_answers_alike()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var path = await SendAsync(host);
        var received = await host.House.ReceiveAsync("text/plain", "of a person"u8.ToArray(), _clock.GetUtcNow());
        var file = await host.House.SendAsync("b.txt", "text/plain", "b"u8.ToArray(), _clock.GetUtcNow());
        List<string> none =
        [
            PathOf(host, received), PathOf(host, file with { Number = 2 }), PathOf(host, file, new TenantId("other")), "/files/guess/file.mp4",
            path.Replace("/file.mp4", "x/file.mp4", StringComparison.Ordinal),
        ];
        var answers = new List<(HttpStatusCode, string, string)>();
        foreach (var one in none)
        {
            using var answer = await AskAsync(host, HttpMethod.Get, one);
            answers.Add((answer.StatusCode, HeadersOf(answer), await answer.Content.ReadAsStringAsync(Cancel)));
        }

        _clock.Advance(TimeSpan.FromHours(1));
        using var over = await AskAsync(host, HttpMethod.Get, path);
        answers.Add((over.StatusCode, HeadersOf(over), await over.Content.ReadAsStringAsync(Cancel)));

        Assert.Equal(HttpStatusCode.NotFound, Assert.Single(answers.Distinct()).Item1);
    }

    [Fact]
    public async Task The_name_at_the_end_says_nothing_and_nothing_is_posted()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var path = await SendAsync(host);

        using var renamed = await AskAsync(host, HttpMethod.Get, path.Replace("file.mp4", "page.html", StringComparison.Ordinal));
        using var posted = await AskAsync(host, HttpMethod.Post, path);

        Assert.Equal((HttpStatusCode.OK, "video/mp4"), (renamed.StatusCode, renamed.Content.Headers.ContentType!.MediaType));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Fact]
    public async Task A_network_that_guesses_is_kept_out_and_one_that_comes_too_late_is_not()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var file = await host.House.SendAsync("b.txt", "text/plain", "b"u8.ToArray(), _clock.GetUtcNow());
        var over = PathOf(host, file);
        _clock.Advance(TimeSpan.FromHours(1));
        var good = PathOf(host, file);
        for (var i = 0; i < WrongSecrets.Burst + 1; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(host, over));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(host, good));
        for (var i = 0; i < WrongSecrets.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(host, $"/files/guess-{i}/file.txt"));
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(host, good));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(host, good));
    }

    [Fact]
    public async Task One_piece_is_read_where_one_is_asked_for_and_it_is_begun_once()
    {
        var read = 0;
        await using var stream = new PieceStream(9, _ => PiecesAsync());
        stream.Seek(4, SeekOrigin.Begin);
        var buffer = new byte[10];

        Assert.Equal(2, await stream.ReadAsync(buffer, Cancel));
        Assert.Equal((4, 5, 2), (buffer[0], buffer[1], read));
        Assert.Throws<NotSupportedException>(() => stream.Position = 0);
        Assert.Equal((3, 0), (await stream.ReadAsync(buffer, Cancel), await stream.ReadAsync(buffer, Cancel)));

        async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync()
        {
            for (byte first = 0; first < 9; first += 3)
            {
                read++;
                yield return new[] { first, (byte)(first + 1), (byte)(first + 2) };
                await Task.Yield();
            }
        }
    }

    private async Task<string> SendAsync(ApiHost host)
        => PathOf(host, await host.House.SendAsync("家 valve.mp4", "video/mp4", Film, _clock.GetUtcNow()), mediaType: "video/mp4");

    private static string PathOf(ApiHost host, AttachmentId file, TenantId? tenant = null, string mediaType = "text/plain")
        => host.Addresses.Of(tenant ?? TenantId.Default, file, mediaType, TimeSpan.FromHours(1))!.AbsolutePath;

    private static async Task<HttpResponseMessage> AskAsync(ApiHost host, HttpMethod method, string path, string? range = null)
    {
        using var client = host.As(null);
        using var request = new HttpRequestMessage(method, path);
        if (range is not null)
        {
            request.Headers.Range = RangeHeaderValue.Parse(range);
        }

        return await client.SendAsync(request, Cancel);
    }

    private static async Task<HttpStatusCode> StatusOfAsync(ApiHost host, string path)
    {
        using var answer = await AskAsync(host, HttpMethod.Get, path);
        return answer.StatusCode;
    }

    private static string Header(HttpResponseMessage answer, string name)
        => string.Join(", ", answer.Headers.TryGetValues(name, out var own) ? own : answer.Content.Headers.GetValues(name));

    private static string HeadersOf(HttpResponseMessage answer)
        => string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal));
}
