using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Shows messages. What to do about a failure is said in the outcome.</summary>
internal sealed class DiscordSender(DiscordClient client, DiscordLimits limits, DiscordCommands commands, DiscordOptions options, TimeProvider time)
{
    private const int Row = 1;
    private const int Button = 2;
    private const int Grey = 2;
    private const int ButtonsInRow = 5;
    private const int MaxButtons = 25;
    private const int LongestLabel = 80;
    private const int SuppressEmbeds = 1 << 2;
    private const long Loading = 1 << 7;

    /// <summary>How long after a command arrived Discord may not know yet that its answer follows: it waits three seconds to be told.</summary>
    private static readonly TimeSpan Acknowledging = TimeSpan.FromSeconds(5);

    private static readonly DiscordAllowed Nobody = new([]);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var channel = message.Chat.ExternalId;
        if (!DiscordIds.Is(channel))
        {
            return SessionReports.NoSuchChat(DiscordChannel.Name, message.Chat);
        }

        if (DiscordIds.CommandOf(message.ReplyToExternalId) is { } interaction)
        {
            var filled = commands.Find(interaction) is { } command ? await FillInAsync(message, interaction, command, cancellationToken) : null;
            filled ??= message.MayRepeat ? await FindFilledInAsync(message, interaction, cancellationToken) : null;
            if (filled is not null)
            {
                return filled;
            }
        }

        return await AwaitTurnAsync(channel, cancellationToken) ?? Judge(await client.PostAsync(channel, PostOf(message), cancellationToken));
    }

    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var channel = message.Chat.ExternalId;
        if (!DiscordIds.Is(channel))
        {
            return SessionReports.NoSuchChat(DiscordChannel.Name, message.Chat);
        }

        return await AwaitTurnAsync(channel, cancellationToken)
            ?? Judge(await client.PostFileAsync(channel, PostOf(message) with { Content = "" }, file, cancellationToken));
    }

    /// <summary>Best effort; it lasts ten seconds.</summary>
    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (DiscordIds.Is(chat.ExternalId))
        {
            await client.ShowTypingAsync(chat.ExternalId, cancellationToken);
        }
    }

    /// <summary>The message as Discord takes it.</summary>
    public static DiscordPost PostOf(OutboundMessage message) => ContentOf(message) with
    {
        // Under one nonce there is one message, for some minutes: 25 characters, and an id is 16 bytes.
        Nonce = Convert.ToBase64String(message.Id.ToByteArray()).TrimEnd('='),
        EnforceNonce = true,
        MessageReference = message.Chat.IsGroup && DiscordIds.Is(message.ReplyToExternalId) ? new DiscordReference(message.ReplyToExternalId, FailIfNotExists: false) : null,
    };

    /// <summary>Waits until the channel takes a message; where that is long, says so instead.</summary>
    private async Task<SendOutcome?> AwaitTurnAsync(string channel, CancellationToken cancellationToken)
    {
        for (TimeSpan wait; (wait = limits.Take(channel)) > TimeSpan.Zero;)
        {
            if (wait > options.LimitPatience)
            {
                return new SendOutcome.RetryAfter(wait, Phrase.Of("channel.pause", ("name", DiscordChannel.Name)));
            }

            await Task.Delay(wait, time, cancellationToken);
        }

        return null;
    }

    // The answer to a command replaces what Discord shows meanwhile. To do it twice is to do it once.
    private async Task<SendOutcome?> FillInAsync(OutboundMessage message, string interaction, OpenCommand command, CancellationToken cancellationToken)
    {
        var outcome = await client.FillInAsync(command.Application, command.Token, ContentOf(message), cancellationToken);
        if (outcome is CallOutcome.Answered { Status: HttpStatusCode.NotFound } && time.GetUtcNow() - command.At < Acknowledging)
        {
            // The answer was quicker than the word that one follows.
            return new SendOutcome.RetryAfter(TimeSpan.FromSeconds(1), Phrase.Of("discord.not-open-yet"));
        }

        if (outcome is CallOutcome.Answered { Status: HttpStatusCode.Unauthorized or HttpStatusCode.NotFound })
        {
            // Nobody waits for it any more: it goes as a message of its own.
            commands.Close(interaction);
            return null;
        }

        var sent = Judge(outcome);
        if (sent is SendOutcome.Delivered or SendOutcome.Rejected)
        {
            commands.Close(interaction);
        }

        return sent;
    }

    // What was filled in before a crash cannot be filled in again, and has no nonce a repeat would be known by. What is said is compared, because a
    // long answer has parts, and only the first is filled in.
    private async Task<SendOutcome?> FindFilledInAsync(OutboundMessage message, string interaction, CancellationToken cancellationToken)
    {
        var outcome = await client.ReadMessagesAsync(message.Chat.ExternalId, DiscordIds.Parse(interaction), cancellationToken);
        if (outcome is not CallOutcome.Answered { Status: < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests } answer)
        {
            return DiscordFailure.OutcomeOf(outcome);
        }

        var text = ContentOf(message).Content.Trim();
        var shown = (answer.IsSuccess ? DiscordEvents.Read(answer.Body, DiscordJson.Default.ListDiscordMessage) ?? [] : []).FirstOrDefault(
            one => one is { InteractionMetadata.Id: { } origin } && origin == interaction && (one.Flags & Loading) is null or 0 && one.Content?.Trim() == text);
        return DiscordIds.Is(shown?.Id) ? new SendOutcome.Delivered(shown!.Id!) : null;
    }

    private static SendOutcome Judge(CallOutcome outcome)
    {
        if (outcome is not CallOutcome.Answered { IsSuccess: true, Body: var body })
        {
            return DiscordFailure.OutcomeOf(outcome);
        }

        return DiscordEvents.Read(body, DiscordJson.Default.DiscordMessage) is { Id: { Length: > 0 } id }
            ? new SendOutcome.Delivered(id)
            : new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", DiscordChannel.Name)));
    }

    private static DiscordPost ContentOf(OutboundMessage message) => new(DiscordRenderer.Render(message.Body.Markdown), RowsOf(message.Body.Buttons), Nobody)
    {
        Flags = SuppressEmbeds, // no server is called because an answer names it
    };

    private static IReadOnlyList<DiscordComponent>? RowsOf(IReadOnlyList<MessageButton> buttons) => buttons.Count == 0
        ? null
        : [
            .. buttons.Take(MaxButtons)
                .Select((button, i) => new DiscordComponent(Button, Style: Grey, Label: LabelOf(button.Label), CustomId: DiscordInteractions.IdOf(i, button)))
                .Chunk(ButtonsInRow)
                .Select(row => new DiscordComponent(Row, row)),
        ];

    private static string LabelOf(string label) => Legible.Cut(label, LongestLabel, "…");
}
