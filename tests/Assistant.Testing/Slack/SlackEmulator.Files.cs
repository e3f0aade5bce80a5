using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Slack;

/// <summary>A file the app has shown.</summary>
public sealed record SlackShared(string Id, string Channel, string? Thread, string Name, byte[] Content);

// Files of the app: an address, the bytes, and where they are to be shown.
public sealed partial class SlackEmulator
{
    private readonly ConcurrentDictionary<string, Upload> _uploads = new();
    private readonly ConcurrentQueue<SlackShared> _shared = new();

    /// <summary>Files the app has shown, in order.</summary>
    public IReadOnlyList<SlackShared> Shared => [.. _shared];

    private JsonObject OfferUpload(IFormCollection form)
    {
        if (form["filename"].ToString() is not { Length: > 0 } name || !long.TryParse(form["length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0)
        {
            return Refused("invalid_arguments");
        }

        var id = NextId("F");
        _uploads[id] = new Upload(name, length);
        return new JsonObject { ["ok"] = true, ["upload_url"] = $"{_app.Urls.First()}/upload/{id}", ["file_id"] = id };
    }

    private async Task ServeUploadAsync(HttpContext context, string id)
    {
        var (isAnswered, fault) = await FailsAsync(context, "upload");
        if (isAnswered)
        {
            return;
        }

        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);

        // Whoever holds a token there has given it away: the address alone opens it.
        if (context.Request.Method != "POST" || TokenOf(context) is not null || !_uploads.TryGetValue(id, out var upload) || content.Length != upload.Length)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        upload.Content = content.ToArray();
        if (fault is SlackFault.Cut)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"OK - {content.Length}"), context.RequestAborted);
    }

    private JsonObject Share(JsonObject share, string? contentType)
    {
        var channel = (string?)share["channel_id"] ?? "";
        if (contentType is null || !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) || share["files"] is not JsonArray { Count: > 0 } files)
        {
            return Refused("invalid_arguments");
        }

        if (channel.Length < 2 || channel[0] is not ('C' or 'D' or 'G'))
        {
            return Refused("channel_not_found");
        }

        if (_refused.TryGetValue(channel, out var refusal))
        {
            return Refused(refusal);
        }

        foreach (var file in files)
        {
            if ((string?)file!["id"] is not { } id || !_uploads.TryRemove(id, out var upload) || upload.Content is not { } content)
            {
                return Refused("file_not_found");
            }

            _shared.Enqueue(new SlackShared(id, channel, (string?)share["thread_ts"], (string?)file["title"] ?? upload.Name, content));
        }

        // Where and as what it is shown is not known yet, as at Slack.
        return new JsonObject { ["ok"] = true, ["files"] = files.DeepClone() };
    }

    private sealed record Upload(string Name, long Length)
    {
        public byte[]? Content { get; set; }
    }
}
