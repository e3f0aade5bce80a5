using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Translates what people do with commands and buttons. Pure, and total.</summary>
internal static class DiscordInteractions
{
    public const int Ping = 1;

    private const int Command = 2;
    private const int Component = 3;
    private const int ButtonComponent = 2;
    private const int TextOption = 3;
    private const int PrivateChat = 1;
    private const int AnswerNow = 4;
    private const int ForThemAlone = 1 << 6;

    /// <summary>Seen; the answer follows where "is thinking" stands.</summary>
    private static readonly DiscordCallback AnswerFollows = new(5);

    /// <summary>Seen; nothing changes in the message with the button.</summary>
    private static readonly DiscordCallback Seen = new(6);

    /// <summary>What a button of ours is known by: ids within one message have to differ, whatever the buttons carry.</summary>
    public static string IdOf(int index, MessageButton button) => string.Create(CultureInfo.InvariantCulture, $"{index}:{button.Data}");

    /// <summary>How Discord is told that it arrived: nothing but an answer takes "is thinking" away, so it stands only where one follows.</summary>
    public static DiscordCallback AnswerTo(DiscordInteraction interaction, DiscordPromise promise) => (interaction.Type, promise) switch
    {
        (Command, DiscordPromise.Answer) => AnswerFollows,
        (Command, DiscordPromise.Pairing) => Notice(
            interaction, "I don't know you yet: an operator has to let you in before I answer.", "我还不认识您：需要管理员批准之后我才能回答。"),
        (Command, DiscordPromise.Person) => Notice(
            interaction, "A person has taken over this conversation and sees this. The assistant does not answer here now.",
            "此对话已由人工接管，对方能看到这条消息。助手现在不在这里回答。"),
        (Command, _) => Notice(interaction, "The assistant does not answer this.", "助手不回答这条消息。"),
        _ => Seen,
    };

    /// <summary>A command, or the press of a button; <see langword="null"/> for everything else.</summary>
    public static InboundMessage? Read(DiscordInteraction interaction, ConnectionId connection)
    {
        var channel = interaction.ChannelId ?? interaction.Channel?.Id;
        if (!DiscordIds.Is(interaction.Id) || !DiscordIds.Is(channel) || (interaction.Member?.User ?? interaction.User) is not { } user || !DiscordIds.Is(user.Id) || user.Bot == true)
        {
            return null;
        }

        var isGroup = DiscordIds.Is(interaction.GuildId) || interaction.Channel is { Type: not (null or PrivateChat) };
        return interaction switch
        {
            { Type: Command, Data.Name: { Length: > 0 } } => NewMessage(
                $"command:{interaction.Id}", DiscordIds.OfCommand(interaction.Id!), new InboundContent.Said(TextOf(interaction.Data))),
            { Type: Component, Data: { CustomId: { } button, ComponentType: null or ButtonComponent }, Message.Id: { } on } when DiscordIds.Is(on) && DataOf(button) is { } data
                => NewMessage($"press:{interaction.Id}", on, new InboundContent.Pressed(data, LabelOf(interaction.Message.Components, button) ?? data)),
            _ => null,
        };

        InboundMessage NewMessage(string key, string message, InboundContent content) => new()
        {
            Connection = connection,
            DedupeKey = key,
            Chat = new ExternalChat(channel!, IsGroup: isGroup),
            Sender = DiscordEvents.SenderOf(user, interaction.Member?.Nick, LocaleOf(interaction.Locale)),
            ExternalMessageId = message,
            Content = content,
            SentAt = DiscordIds.TimeOf(DiscordIds.Parse(interaction.Id)),
        };
    }

    private static DiscordCallback Notice(DiscordInteraction interaction, string english, string chinese)
        => new(AnswerNow, new DiscordNotice(interaction.Locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? chinese : english, ForThemAlone));

    /// <summary>One text is what was asked; of anything else the command is written out.</summary>
    private static string TextOf(DiscordChoice command)
    {
        var options = (command.Options ?? []).OfType<DiscordOption>().ToList();
        return options is [{ Type: TextOption } only] && ValueOf(only) is { Length: > 0 } text ? text : $"/{command.Name}{Written(options)}";
    }

    private static string Written(IEnumerable<DiscordOption> options) => string.Concat(options.Select(option
        => option.Options is { } inner ? $" {option.Name}{Written(inner.OfType<DiscordOption>())}" : $" {option.Name}: {ValueOf(option)}"));

    private static string? ValueOf(DiscordOption option)
    {
        try
        {
            return option.Value.ValueKind switch
            {
                JsonValueKind.String => option.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => option.Value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a character.
            return null;
        }
    }

    private static string? DataOf(string button)
    {
        var end = button.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && int.TryParse(button.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? button[(end + 1)..] : null;
    }

    private static string? LabelOf(IReadOnlyList<DiscordComponent?>? rows, string button)
        => (rows ?? []).SelectMany(row => row?.Components ?? []).FirstOrDefault(one => one?.CustomId == button)?.Label is { Length: > 0 } label ? label : null;

    private static string? LocaleOf(string? locale)
        => locale is { Length: >= 2 and <= 35 } && locale.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? locale : null;
}
