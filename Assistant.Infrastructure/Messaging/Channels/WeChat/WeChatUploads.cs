using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>Shows pictures, voice and films: handed in first, then shown by the id that gives. WeChat has no message for any other file.</summary>
/// <remarks>Formats and sizes: https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.</remarks>
internal sealed class WeChatUploads(WeChatApi api)
{
    // WeChat plays AMR too, which is not told by its content here.
    private static readonly Dictionary<string, Look> Looks = new()
    {
        ["image/jpeg"] = new("image", "file.jpg", 10_000_000),
        ["image/png"] = new("image", "file.png", 10_000_000),
        ["image/gif"] = new("image", "file.gif", 10_000_000),
        ["audio/mpeg"] = new("voice", "file.mp3", 2_000_000),
        ["video/mp4"] = new("video", "file.mp4", 10_000_000),
    };

    /// <summary>What WeChat takes, with the largest of each.</summary>
    public static IReadOnlyDictionary<string, long> Types { get; } = Looks.ToDictionary(look => look.Key, look => look.Value.Largest);

    /// <summary>Largest of all of them.</summary>
    public static long Largest { get; } = Types.Values.Max();

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!Looks.TryGetValue(file.MediaType, out var look))
        {
            return new SendOutcome.Rejected(Phrase.Of("wechat.kind-not-taken"));
        }

        // WeChat shows no names, and tells by this one what it is.
        var answer = await api.UploadAsync(look.Type, file with { Name = look.Name }, cancellationToken);
        if (WeChatFaults.All.UploadOutcomeOf(answer) is { } failure)
        {
            return failure;
        }

        return WeChatFaults.All.OutcomeOf(await api.SendMediaAsync(message.Chat.ExternalId, look.Type, answer.Text("media_id"), cancellationToken))
            ?? new SendOutcome.Delivered(message.Id.ToString("N"));
    }

    /// <param name="Type">What it is shown as.</param>
    /// <param name="Largest">In bytes.</param>
    private sealed record Look(string Type, string Name, long Largest);
}
