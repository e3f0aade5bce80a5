using System.Collections.Concurrent;
using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

// Twilio calls once, and again only where its address asks for it: what came while nobody listened would be lost. But it keeps every message in a list.
// So the list is read from a little before where it was read up to, and what is in it is offered to the gateway, which knows what it has by the message's
// SID. The cursor is the time up to which everything has been offered; it moves only after that.

/// <summary>Fetches what no callback brought.</summary>
internal sealed class TwilioCatchUp(TwilioApi api, TwilioReader reader, TimeProvider time)
{
    /// <summary>Of a hundred messages each, those of other numbers among them where a messaging service is read.</summary>
    private const int MostPages = 1_000;

    /// <summary>Entries may appear in the list a little later than their time says.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>How far back the list is read where no cursor is known: enough for a crash, too little to answer old messages on the first day.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(15);

    /// <summary>Twilio keeps the order of a day or two; more is a matter for the person who switched us off.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromDays(2);

    /// <summary>More than come between two readings of the list, and what they overlap.</summary>
    private const int MostLeftAlone = 1_000;

    private readonly ConcurrentQueue<string> _leftAlone = new();

    /// <summary>A message in the list is not for the assistant, which only its callback told. The oldest are forgotten.</summary>
    public void LeaveAlone(string sid)
    {
        _leftAlone.Enqueue(sid);
        while (_leftAlone.Count > MostLeftAlone)
        {
            _leftAlone.TryDequeue(out _);
        }
    }

    /// <exception cref="PhrasedException">The list, or the files of a message in it, cannot be read now: the cursor stays.</exception>
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = SinceOf(await host.ReadCursorAsync(cancellationToken), now);
        foreach (var message in await ListAsync(since, cancellationToken))
        {
            if (message.Sid is { } sid && _leftAlone.Contains(sid))
            {
                continue;
            }

            var files = message.HasFiles ? await api.ListFilesAsync(message.Sid, cancellationToken) : [];
            if (reader.Read(message, files) is { } inbound)
            {
                await host.Gateway.AcceptAsync(inbound, cancellationToken);
            }
        }

        await host.SaveCursorAsync(now.ToString("O", CultureInfo.InvariantCulture), cancellationToken);
    }

    private static DateTimeOffset SinceOf(string? cursor, DateTimeOffset now)
    {
        var since = DateTimeOffset.TryParse(cursor, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var known) ? known - Overlap : now - FirstLook;
        return since < now - LongestLook ? now - LongestLook : since;
    }

    /// <summary>Messages to us since a time, oldest first.</summary>
    private async Task<IReadOnlyList<TwilioMessage>> ListAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new List<TwilioMessage>();
        CallOutcome? answer = await api.ListAsync(since, cancellationToken);
        for (var page = 0; page < MostPages && answer is not null; page++)
        {
            if (TwilioFaults.ReasonOf(answer) is { } reason)
            {
                throw new PhrasedException(reason);
            }

            var list = TwilioApi.Read((CallOutcome.Answered)answer, TwilioJson.Default.TwilioMessages);
            if (list is not { Messages: { } messages })
            {
                throw new PhrasedException(Phrase.Of("channel.unreadable", ("name", TwilioChannel.Name)));
            }

            found.AddRange(messages.OfType<TwilioMessage>().Where(message => message.Direction == "inbound" && IsOurs(message) && message.SentAt >= since));
            answer = list.NextPageUri is { Length: > 0 } next ? await api.ListOnAsync(next, cancellationToken) : null;
        }

        // Newest come first; those of one second keep their order.
        found.Reverse();
        return [.. found.OrderBy(message => message.SentAt)];
    }

    private bool IsOurs(TwilioMessage message) => api.Settings.IsService ? message.MessagingServiceSid == api.Settings.From : message.To == api.Settings.From;
}
