using System.Globalization;
using System.Net;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>One call for one message.</summary>
internal sealed class TeamsSender(TeamsConnector connector, TeamsServers servers, TeamsSettings settings)
{
    /// <summary>Buttons in one row of a card; Teams shows no more.</summary>
    private const int MostActions = 6;

    private static readonly TimeSpan NoServerPause = TimeSpan.FromMinutes(1);

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => SendAsync(message, TeamsRenderer.Render(message.Body.Markdown), message.Body.Buttons.Count == 0 ? [] : [CardOf(message.Body.Buttons)], cancellationToken);

    /// <param name="text">Teams' HTML, or <see langword="null"/> when <paramref name="parts"/> say all.</param>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, string? text, IReadOnlyList<TeamsPart> parts, CancellationToken cancellationToken)
    {
        if (TeamsIds.Segment(message.Chat.ExternalId, message.Chat.ThreadId) is not { } segment)
        {
            return SessionReports.NoSuchChat(TeamsChannel.Name, message.Chat);
        }

        if (servers.Of(message.Chat.ExternalId) is not { } server)
        {
            return new SendOutcome.RetryAfter(NoServerPause, Phrase.Of("teams.no-server"), PauseScope.Connection);
        }

        try
        {
            var activity = new TeamsMessage("message", From, text, text is null ? null : "xml", parts.Count == 0 ? null : parts);
            return Judge(await connector.PostAsync(server, segment, activity, cancellationToken), message);
        }
        catch (NoTokenException fault)
        {
            return fault.Outcome;
        }
    }

    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (TeamsIds.Segment(chat.ExternalId, chat.ThreadId) is not { } segment || servers.Of(chat.ExternalId) is not { } server)
        {
            return;
        }

        try
        {
            await connector.PostAsync(server, segment, new TeamsMessage("typing", From, null, null, null), cancellationToken);
        }
        catch (NoTokenException)
        {
            // The message that follows says so.
        }
    }

    private TeamsFrom From => new($"28:{settings.AppId}");

    private static TeamsPart CardOf(IReadOnlyList<MessageButton> buttons)
    {
        var rows = buttons.Chunk(MostActions).Select(row => new TeamsActionSet([.. row.Select(button => new TeamsAction(button.Label, new TeamsPress(button.Data, button.Label)))]));
        return new TeamsPart("application/vnd.microsoft.card.adaptive", JsonSerializer.SerializeToElement(new TeamsCard([.. rows]), TeamsJson.Default.TeamsCard));
    }

    private static SendOutcome Judge(CallOutcome outcome, OutboundMessage message) => outcome switch
    {
        CallOutcome.Answered { IsSuccess: true } done
            => new SendOutcome.Delivered(TeamsConnector.Read(done, TeamsJson.Default.TeamsSent)?.Id is { Length: > 0 } id ? id : message.Id.ToString("N")),

        // Somebody else changed the conversation at the same moment: nothing was done.
        CallOutcome.Answered { Status: HttpStatusCode.PreconditionFailed, RetryAfter: var delay } => new SendOutcome.RetryAfter(delay, Phrase.Of("teams.busy")),
        _ => CallFaults.OutcomeOf(TeamsChannel.Name, outcome, PauseScope.Chat) ?? new SendOutcome.Rejected(Explain((CallOutcome.Answered)outcome)),
    };

    private static Phrase Explain(CallOutcome.Answered answer)
    {
        var error = TeamsConnector.Read(answer, TeamsJson.Default.TeamsRefusal)?.Error;
        return (answer.Status, error?.Code) switch
        {
            (HttpStatusCode.RequestEntityTooLarge, _) or (_, "MessageSizeTooBig") => Phrase.Of("teams.too-long"),
            (_, "MessageWritesBlocked") => Phrase.Of("teams.blocked"),
            (HttpStatusCode.Forbidden, _) => Phrase.Of("teams.forbidden"),
            (HttpStatusCode.NotFound, _) => Phrase.Of("teams.not-found"),
            (_, var code) => Phrase.Of("channel.refuses", ("name", TeamsChannel.Name), ("says", Word(code) ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture))),
        };
    }

    // Codes are words; anything else is somebody's page in between, and is not repeated.
    private static string? Word(string? code) => code is { Length: > 0 and <= 100 } && code.All(char.IsAsciiLetterOrDigit) ? code : null;
}
