using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Asks Slack who the assistant is, and whether it still is.</summary>
internal sealed class SlackIdentity(SlackClient client, SlackReceiver receiver, SlackOptions options, TimeProvider time)
{
    /// <exception cref="PhrasedException">Slack does not say.</exception>
    public async Task<SlackBot> ReadAsync(CancellationToken cancellationToken)
    {
        var reply = await client.TestAsync(cancellationToken);
        return receiver.Bot = BotOf(reply) ?? throw new PhrasedException(SlackFailure.Explain(reply));
    }

    /// <summary>Watches, until cancelled, that the token is still taken: Slack tells nobody when it is not, and calls no more.</summary>
    /// <param name="reportUp">Says that all is well again.</param>
    /// <exception cref="PhrasedException">The token is not taken any more.</exception>
    public async Task WatchAsync(IChannelHost host, Action reportUp, CancellationToken cancellationToken)
    {
        var isUp = true;
        while (true)
        {
            await Task.Delay(options.CheckInterval, time, cancellationToken);
            var problem = await CheckAsync(cancellationToken);
            if (problem is not null)
            {
                host.Report(ConnectionState.Degraded, problem);
            }
            else if (!isUp)
            {
                reportUp();
            }

            isUp = problem is null;
        }
    }

    /// <summary>What keeps Slack from answering for a while; <see langword="null"/> when nothing does.</summary>
    private async Task<Phrase?> CheckAsync(CancellationToken cancellationToken)
    {
        var reply = await client.TestAsync(cancellationToken);
        return reply.IsOk ? null : SlackFailure.IsCredentials(reply) ? throw new PhrasedException(SlackFailure.Explain(reply)) : SlackFailure.Explain(reply);
    }

    /// <summary>Who it is, or <see langword="null"/> when the answer does not say.</summary>
    public static SlackBot? BotOf(SlackReply reply) => reply is { IsOk: true, Answer: { UserId: { Length: > 0 } user } answer }
        ? new SlackBot(user, NameOf(answer) ?? user, answer.Team ?? answer.TeamId ?? "")
        : null;

    private static string? NameOf(SlackAnswer answer)
        => answer.User.ValueKind == System.Text.Json.JsonValueKind.String && answer.User.GetString() is { Length: > 0 } name ? name : null;
}
