using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Messaging;

/// <summary>An installation as far as messengers fetch files from it: what is offered can be had at its address. Safe for concurrent use.</summary>
public sealed class PublicFiles : IAsyncDisposable
{
    /// <summary>What the installation is called from outside.</summary>
    public static Uri Base { get; } = new("https://assistant.example/");

    private static readonly byte[] Picture = "a picture of ours"u8.ToArray();

    private readonly ConcurrentDictionary<string, OutboundFile> _offered = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TimeSpan> _lifetimes = new();
    private readonly WebApplication _app;

    private PublicFiles(WebApplication app)
    {
        _app = app;
        app.MapMethods("/files/{token}/{name}", ["GET", "HEAD"], (Delegate)AnswerAsync);
        app.MapMethods("/img/file.png", ["GET", "HEAD"], () => Results.Bytes(Picture, "image/png"));
    }

    /// <summary>Where messengers find it.</summary>
    public PublicNet Net { get; private set; } = null!;

    /// <summary>How long each address is good that somebody asked for.</summary>
    public IReadOnlyList<TimeSpan> Lifetimes => [.. _lifetimes];

    /// <summary>Whether files are there no more, whatever the address.</summary>
    public bool IsGone { get; set; }

    public static async Task<PublicFiles> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var files = new PublicFiles(app);
        await app.StartAsync();
        files.Net = new PublicNet(Base, new Uri(app.Urls.First()));
        return files;
    }

    /// <summary>The file as a session gets it that can have it fetched.</summary>
    public OutboundFile Offer(OutboundFile file)
    {
        var token = Guid.CreateVersion7().ToString("N");
        _offered[token] = file;
        return file with
        {
            Fetchable = new FetchableFile(
                lifetime =>
                {
                    _lifetimes.Enqueue(lifetime);
                    return new Uri(Base, $"files/{token}/file");
                },
                new Uri(Base, "img/file.png")),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Net.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync(HttpContext context, string token)
    {
        if (IsGone || !_offered.TryGetValue(token, out var file))
        {
            return Results.NotFound();
        }

        return Results.Stream(await file.OpenAsync(context.RequestAborted), file.MediaType, enableRangeProcessing: true);
    }
}
