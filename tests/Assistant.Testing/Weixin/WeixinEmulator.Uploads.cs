using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Weixin;

/// <summary>A file an app handed in.</summary>
/// <param name="Type">As what.</param>
public sealed record WeixinMedia(string Type, string Name, byte[] Content);

// Files apps hand in, kept by id; films people send, kept elsewhere.
public abstract partial class WeixinEmulator
{
    private const string Films = "/films/";

    private readonly ConcurrentDictionary<string, byte[]> _films = new();
    private readonly ConcurrentDictionary<string, WeixinMedia> _media = new();
    private readonly ConcurrentQueue<WeixinFault> _uploadFaults = new();
    private int _mediaIds;

    /// <summary>The next times a file is handed in end so, one fault each.</summary>
    public void FailUpload(WeixinFault fault) => _uploadFaults.Enqueue(fault);

    // https://developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia

    /// <summary>A film somebody sent. Who asks for it is told where it lies, and has it there without a token.</summary>
    public void AddFilm(string mediaId, byte[] content)
    {
        _films[mediaId] = content;
        AddFile(mediaId, Encoding.UTF8.GetBytes($"{{\n\"video_url\": \"{FilmAddressOf(mediaId)}\"\n}}"));
    }

    /// <summary>Where a film lies.</summary>
    public string FilmAddressOf(string mediaId) => $"{BaseUrl}{Films}{mediaId}";

    /// <summary>Files handed in, shown or not.</summary>
    public IReadOnlyCollection<WeixinMedia> Media => [.. _media.Values];

    /// <summary>Why a file is not taken as what it is handed in as; <see langword="null"/> when it is.</summary>
    protected abstract JsonObject? RefuseUpload(WeixinMedia media);

    /// <summary>The file a message shows; <see langword="null"/> when there is none of that id, or it was handed in as something else.</summary>
    protected WeixinMedia? MediaIn(JsonObject body, string type)
        => _media.TryGetValue((string?)body[type]?["media_id"] ?? "", out var media) && media.Type == type ? media : null;

    /// <summary>Whether a name ends in one of these.</summary>
    protected static bool EndsIn(string name, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private async Task SendFilmAsync(HttpContext context, string id)
    {
        if (context.Request.Query.ContainsKey("access_token") || !_films.TryGetValue(id, out var film))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "video/mp4";
        await context.Response.Body.WriteAsync(film, context.RequestAborted);
    }

    private async Task TakeUploadAsync(HttpContext context, string type)
    {
        var isReadable = context.Request is { Method: "POST", HasFormContentType: true } && !context.Request.ContentType!.Contains('"', StringComparison.Ordinal);
        var part = isReadable ? (await context.Request.ReadFormAsync(context.RequestAborted)).Files["media"] : null;
        if (!HasToken(context.Request.Query))
        {
            await WriteAsync(context, Refusal(40014, "invalid access_token"));
            return;
        }

        _uploadFaults.TryDequeue(out var fault);
        if (await FailsAsync(context, fault))
        {
            return;
        }

        if (part is not { FileName.Length: > 0 })
        {
            await WriteAsync(context, Refusal(41005, "media data missing"));
            return;
        }

        using var content = new MemoryStream();
        await part.CopyToAsync(content, context.RequestAborted);
        var media = new WeixinMedia(type, part.FileName, content.ToArray());
        if (RefuseUpload(media) is { } refusal)
        {
            await WriteAsync(context, refusal);
            return;
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"out-media-{Interlocked.Increment(ref _mediaIds)}");
        _media[id] = media;
        if (fault is WeixinFault.Cut)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, new JsonObject { ["type"] = type, ["media_id"] = id, ["created_at"] = 1_767_225_600 });
    }
}
