using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Shows files: as a picture, sound or film where Messenger plays the format; everything else, and what it refuses to show so, as a file.</summary>
internal sealed class MessengerFiles(MessengerApi api)
{
    public const long Largest = 25_000_000;

    private const long LargestImage = 8_000_000;
    private const string File = "file";

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!MessengerIds.IsPerson(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(MessengerChannel.Name, message.Chat);
        }

        var type = LooksOf(file);
        var answer = await api.SendFileAsync(message.Chat, file, type, cancellationToken);
        if (type != File && IsRefusedAsSuch(answer))
        {
            answer = await api.SendFileAsync(message.Chat, file, File, cancellationToken);
        }

        return MessengerSender.Judge(answer);
    }

    /// <summary>Code 100 says that something about the request is wrong: of a file that it is not what it is said to be.</summary>
    private static bool IsRefusedAsSuch(CallOutcome answer)
        => answer is CallOutcome.Answered { IsSuccess: false, Body: var body } && GraphError.Read(body) is { Code: 100, Subcode: not 2018001, IsProofRefused: false };

    private static string LooksOf(OutboundFile file) => file.MediaType switch
    {
        "image/jpeg" or "image/png" or "image/gif" when file.SizeBytes <= LargestImage => "image",
        "audio/mpeg" or "audio/mp4" or "audio/aac" => "audio",
        "video/mp4" => "video",
        _ => File,
    };
}
