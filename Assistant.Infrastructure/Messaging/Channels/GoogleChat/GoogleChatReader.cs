using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Translates events, in both of their forms. Pure, and total: any bytes give an event or none, any event a message or none.</summary>
internal sealed class GoogleChatReader(ConnectionId connection, GroupRule groups)
{
    /// <summary>Parameters of our buttons.</summary>
    public const string Data = "data";

    public const string Label = "label";

    private const int LongestTime = 64;

    /// <returns><see langword="null"/> when these bytes are no event.</returns>
    public static GoogleChatEvent? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, GoogleChatJson.Default.GoogleChatEvent);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The message in an event; <see langword="null"/> for what is nothing for the assistant.</summary>
    public InboundMessage? Read(GoogleChatEvent received, DateTimeOffset now)
    {
        var happened = Unwrap(received);
        var space = happened.Space ?? happened.Message?.Space;
        if (happened is not { User: { Name: { } user } person, Message: { Name: { } id } message } || space is not { Name: { } name }
            || person.Type == "BOT" || !GoogleChatIds.IsSpace(name) || !GoogleChatIds.IsUser(user) || !GoogleChatIds.IsMessage(id, name))
        {
            return null;
        }

        InboundContent? content = happened.IsPress ? Pressed(happened.Parameters) : Said(message);
        var time = happened.IsPress ? happened.Time : message.CreateTime ?? happened.Time;
        var chat = new ExternalChat(name, ThreadOf(message, space), !IsDirect(space), space.DisplayName);
        return content is null || time is { Length: > LongestTime }
            ? null
            : new InboundMessage
            {
                Connection = connection,
                DedupeKey = happened.IsPress ? $"press/{id}/{user}/{time}" : id,
                Chat = chat,
                Sender = ExternalSender.Named(user, person.DisplayName, user, string.IsNullOrWhiteSpace(happened.Locale) ? null : happened.Locale),
                ExternalMessageId = id,
                Content = content,
                SentAt = DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : now,
                IsAddressed = groups.IsAddressed(chat.IsGroup, happened.IsPress || IsMentioned(message)),
            };
    }

    private static Happened Unwrap(GoogleChatEvent received)
    {
        if (received.Chat is not { } chat)
        {
            // Whoever adds the app by a mention says something with it; the same message may come as one, too, under the same name.
            var isSaid = received.Type is "MESSAGE" or "ADDED_TO_SPACE" or "APP_COMMAND";
            var isPress = received.Type == "CARD_CLICKED";
            return new(
                isPress, received.EventTime, received.Space, received.User ?? (isSaid ? received.Message?.Sender : null), isSaid || isPress ? received.Message : null,
                received.Action?.Parameters?.OfType<GoogleParameter>().Where(one => one.Key is not null).GroupBy(one => one.Key!).ToDictionary(same => same.Key, same => same.First().Value)
                    ?? received.Common?.Parameters, received.Common?.UserLocale);
        }

        var payload = chat.ButtonClickedPayload ?? chat.MessagePayload ?? chat.AddedToSpacePayload ?? chat.AppCommandPayload;
        return new(
            chat.ButtonClickedPayload is not null, chat.EventTime, payload?.Space, chat.User ?? payload?.Message?.Sender, payload?.Message, received.CommonEventObject?.Parameters,
            received.CommonEventObject?.UserLocale);
    }

    private static InboundContent.Said? Said(GoogleMessage message)
    {
        // The text without mentions of apps, unless these are everything that was said; of a command it would be without the command as well.
        var argument = message.SlashCommand is null ? message.ArgumentText?.Trim() : null;
        if (IsMentioned(message))
        {
            argument = argument?.TrimStart(' ', ',', '，', ':', '：');
        }

        var text = string.IsNullOrEmpty(argument) ? message.Text?.Trim() ?? "" : argument;
        var attachments = AttachmentsOf(message.Attachment);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : new InboundContent.Said(text, attachments, message.QuotedMessageMetadata?.Name is { Length: > 0 } quoted ? quoted : null);
    }

    private static InboundContent.Pressed? Pressed(IReadOnlyDictionary<string, string?>? parameters)
        => parameters?.GetValueOrDefault(Data) is { Length: > 0 } data
            ? new InboundContent.Pressed(data, parameters.GetValueOrDefault(Label) is { Length: > 0 } label ? label : data)
            : null;

    private static bool IsMentioned(GoogleMessage message)
        => message.SlashCommand is not null || (message.Annotations ?? []).Any(annotation => annotation is { Type: "USER_MENTION", UserMention.User.Type: "BOT" });

    private static bool IsDirect(GoogleSpace space) => space.SingleUserBotDm || space.SpaceType == "DIRECT_MESSAGE" || (space.SpaceType is null && space.Type == "DM");

    /// <summary>
    /// The thread, where threads are conversations. In direct chats and groups without threads every message begins one of its own: there only an answer
    /// within a thread belongs to it, and everything else to the space.
    /// </summary>
    private static string? ThreadOf(GoogleMessage message, GoogleSpace space)
    {
        var isFlat = IsDirect(space) || space.SpaceType == "GROUP_CHAT" || space.SpaceThreadingState == "UNTHREADED_MESSAGES";
        return (!isFlat || message.ThreadReply) && GoogleChatIds.IsThread(message.Thread?.Name, space.Name!) ? message.Thread!.Name : null;
    }

    // What lies in somebody's Drive has no data here: it is theirs to share, and its link stands in the text.
    private static IReadOnlyList<Attachment> AttachmentsOf(IReadOnlyList<GoogleAttachment?>? attachments) =>
    [
        .. from attachment in attachments ?? []
           let reference = attachment?.AttachmentDataRef?.ResourceName
           where reference is not null && GoogleChatIds.FileSegment(reference) is not null
           select new Attachment(FileKinds.Of(attachment.ContentType, attachment.ContentName), reference, attachment.ContentName, attachment.ContentType),
    ];

    private sealed record Happened(
        bool IsPress, string? Time, GoogleSpace? Space, GoogleUser? User, GoogleMessage? Message, IReadOnlyDictionary<string, string?>? Parameters, string? Locale);
}
