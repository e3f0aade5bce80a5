using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Receives by asking for what is new, again and again. Where a sync ended is kept after everything in it is committed.</summary>
internal sealed class MatrixSync(
    MatrixClient client, MatrixTimelines timelines, MatrixReceiver receiver, MatrixInvitations invitations, MatrixRooms rooms, MatrixOptions options, TimeProvider time)
{
    /// <summary>Whether an answer came and was larger than any that is read.</summary>
    public static bool IsTooLarge(MatrixReply reply) => reply.Outcome is CallOutcome.Lost { IsTooLarge: true };

    /// <summary>Receives until cancelled. A line that breaks rises: whoever supervises begins again where the last sync ended.</summary>
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        var who = await client.WhoAmIAsync(cancellationToken);
        if (client.Me.Length == 0)
        {
            throw new PhrasedException(MatrixFailure.Explain(who));
        }

        var state = new State(Placed(await host.ReadCursorAsync(cancellationToken)));
        while (true)
        {
            var reply = await client.GetAsync(PathOf(state), cancellationToken, options.SyncTimeout);
            if (MatrixFailure.PauseOf(reply) is { } pause)
            {
                host.Report(ConnectionState.Degraded, MatrixFailure.Explain(reply));
                await Task.Delay(pause, time, cancellationToken);
                state.IsReported = false;
            }
            else if (IsTooLarge(reply) && !state.IsShort)
            {
                // Long away from busy rooms: the latest event of each will do, and what is before it comes page by page.
                state.IsShort = true;
            }
            else if (reply.Status == 400 && state is { Since: not null, HasBegun: false })
            {
                // A place in another server's stream, say after a move. What was read is marked with the server.
                state.Since = null;
            }
            else
            {
                await TakeAsync(reply, state, host, cancellationToken);
            }
        }
    }

    private async Task TakeAsync(MatrixReply reply, State state, IChannelHost host, CancellationToken cancellationToken)
    {
        if (!reply.IsOk || reply.Body["next_batch"].Text is not { Length: > 0 } next)
        {
            throw new PhrasedException(MatrixFailure.Explain(reply));
        }

        var known = reply.Body["rooms"];
        foreach (var (room, joined) in known["join"].Members.Where(member => MatrixIds.IsRoom(member.Name)))
        {
            invitations.Forget(room);
            await TakeAsync(room, joined, state.Since, host.Gateway, cancellationToken);
        }

        foreach (var (room, _) in known["leave"].Members)
        {
            rooms.Forget(room);
            invitations.Forget(room);
        }

        foreach (var (room, invited) in known["invite"].Members.Where(member => MatrixIds.IsRoom(member.Name)))
        {
            invitations.Note(room, invited);
        }

        await invitations.AnswerAsync(cancellationToken);
        await host.SaveCursorAsync($"{client.Me} {next}", cancellationToken);
        (state.Since, state.IsShort, state.HasBegun) = (next, false, true);
        Report(state, host);
    }

    private async Task TakeAsync(string room, LooseJson joined, string? since, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        foreach (var e in joined["state"]["events"].Items)
        {
            rooms.Note(room, e);
        }

        // Of a room without a mark the past ends where it is first seen.
        var last = since is null && MatrixTimelines.MarkIn(joined) is null ? joined["timeline"]["events"].Items.Select(e => e["event_id"].Text).LastOrDefault(MatrixIds.IsEvent) : null;
        foreach (var e in await timelines.ReadAsync(room, joined, since, cancellationToken))
        {
            rooms.Note(room, e);
            await receiver.AcceptAsync(room, e, client.Me, gateway, cancellationToken);
            last = e["sender"].Text != client.Me && MatrixIds.IsEvent(e["event_id"].Text) ? e["event_id"].Text : last;
        }

        if (last is not null)
        {
            // Best effort: people see that it was read, and a place that is lost is found again by it.
            await client.PostAsync(
                $"v3/rooms/{MatrixClient.Part(room)}/read_markers", new JsonObject { ["m.fully_read"] = last, ["m.read"] = last }, cancellationToken);
        }
    }

    private void Report(State state, IChannelHost host)
    {
        var trouble = TroubleOf();
        if (state.IsReported && state.Trouble == trouble)
        {
            return;
        }

        (state.IsReported, state.Trouble) = (true, trouble);
        if (trouble is null)
        {
            host.Connected(client.Me);
        }
        else
        {
            host.Report(ConnectionState.Degraded, trouble);
        }
    }

    private Phrase? TroubleOf()
    {
        var unreadable = rooms.Unreadable;
        var encrypted = unreadable.Count == 0 ? null : Phrase.Of(
            "matrix.encrypted-rooms", ("account", client.Me), ("count", unreadable.Count.ToString(CultureInfo.InvariantCulture)),
            ("rooms", string.Join(", ", unreadable)));
        return encrypted is not null && invitations.Trouble is { } waiting ? new Phrase.Several([encrypted, waiting]) : encrypted ?? invitations.Trouble;
    }

    // The first answer comes at once, so that the connection is up when the server is.
    private string PathOf(State state)
    {
        var wait = state.HasBegun ? options.SyncTimeout : TimeSpan.Zero;
        var limit = state.IsShort || state.Since is null ? 1 : options.TimelineLimit;
        var since = state.Since is null ? "" : $"&since={Uri.EscapeDataString(state.Since)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"v3/sync?timeout={(long)wait.TotalMilliseconds}&filter={Uri.EscapeDataString(MatrixTimelines.FilterOf(state.Since is null, limit))}{since}");
    }

    // The place is that of one account: another one's would skip what was said to this.
    private string? Placed(string? cursor) => cursor?.StartsWith(client.Me + " ", StringComparison.Ordinal) == true ? cursor[(client.Me.Length + 1)..] : null;

    private sealed class State(string? since)
    {
        public string? Since { get; set; } = since;

        public bool HasBegun { get; set; }

        public bool IsShort { get; set; }

        public bool IsReported { get; set; }

        public Phrase? Trouble { get; set; }
    }
}
