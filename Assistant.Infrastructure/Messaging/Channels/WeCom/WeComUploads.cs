using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>Shows files: handed in first, then shown by the id that gives, as a picture, a voice message or a film where WeCom plays the format, else as a file.</summary>
/// <remarks>Formats and sizes: https://developer.work.weixin.qq.com/document/path/90253.</remarks>
internal sealed class WeComUploads(WeComApi api, WeComSender sender)
{
    /// <summary>Largest file WeCom takes.</summary>
    public const long Largest = 20_000_000;

    private const string AsFile = "file";
    private const long LargestImage = 10_000_000;
    private const long LargestVoice = 2_000_000;
    private const long LargestVideo = 10_000_000;
    private const long TooSmall = 5;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!WeComSender.IsUser(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(WeComChannel.Name, message.Chat);
        }

        if (file.SizeBytes <= TooSmall)
        {
            return new SendOutcome.Rejected(Phrase.Of("wecom.file-too-small"));
        }

        var type = TypeOf(file);
        var answer = await api.UploadAsync(type, file, cancellationToken);
        if (WeComFaults.All.UploadOutcomeOf(answer) is SendOutcome.Rejected && type != AsFile)
        {
            type = AsFile;
            answer = await api.UploadAsync(type, file, cancellationToken);
        }

        if (WeComFaults.All.UploadOutcomeOf(answer) is { } failure)
        {
            return failure;
        }

        var shown = new JsonObject { ["media_id"] = answer.Text("media_id") };
        if (type == "video")
        {
            shown["title"] = file.Name;
        }

        return await sender.SendAsync(message, [new JsonObject { ["msgtype"] = type, [type] = shown }], cancellationToken);
    }

    // AMR is known by its name only: what is none WeCom refuses, and it goes as a file.
    private static string TypeOf(OutboundFile file) => file.MediaType switch
    {
        "image/jpeg" or "image/png" when file.SizeBytes <= LargestImage => "image",
        "video/mp4" when file.SizeBytes <= LargestVideo => "video",
        "audio/amr" or "application/octet-stream" when file.SizeBytes <= LargestVoice && Path.GetExtension(file.Name).Equals(".amr", StringComparison.OrdinalIgnoreCase) => "voice",
        _ => AsFile,
    };
}
