using System.Text.Json.Nodes;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

// What is new in a room.
//
// A sync carries the latest events of a room, and says when there were more since the last one ("limited"); these are read backwards from where its
// timeline begins, to where the last sync ended. Two more ends there are. (1) Where we came in: what was said before the invitation was not said to
// us, but what was said between invitation and entry was. (2) At the very first sync, or when the place was lost: the homeserver's own mark of what we
// have read. Without a mark nothing of the past is read, so that no assistant answers old messages when it is set up.

/// <summary>Puts together what is new in a room. Safe for concurrent use.</summary>
internal sealed class MatrixTimelines(MatrixClient client, MatrixOptions options)
{
    /// <summary>Events of a page. Of the largest that there are, a page still fits into an answer.</summary>
    private const int PageSize = 50;

    private static readonly string[] Wanted =
        ["m.room.message", "m.sticker", "m.room.encrypted", "m.room.redaction", "m.reaction", "m.room.member", "m.room.encryption", "m.room.name"];

    /// <summary>What is asked of a sync.</summary>
    /// <param name="isFirst">Whether the marks of what was read are asked for.</param>
    /// <param name="limit">Most events of a room.</param>
    public static string FilterOf(bool isFirst, int limit) => new JsonObject
    {
        ["presence"] = Nothing(),
        ["account_data"] = Nothing(),
        ["room"] = new JsonObject
        {
            ["ephemeral"] = Nothing(),
            ["account_data"] = isFirst ? new JsonObject { ["types"] = new JsonArray("m.fully_read") } : Nothing(),
            ["state"] = new JsonObject { ["types"] = new JsonArray("m.room.member", "m.room.encryption", "m.room.name"), ["lazy_load_members"] = true },
            ["timeline"] = new JsonObject { ["types"] = WantedTypes(), ["limit"] = limit },
        },
    }.ToJsonString();

    /// <summary>The event to which the account has read a room, as a first sync says; <see langword="null"/> when it says none.</summary>
    public static string? MarkIn(LooseJson joined) => joined["account_data"]["events"].Items
        .Where(e => e["type"].Text == "m.fully_read").Select(e => e["content"]["event_id"].Text).FirstOrDefault(MatrixIds.IsEvent);

    /// <summary>The new events of a room we are in, oldest first.</summary>
    /// <param name="since">Where the last sync ended; <see langword="null"/> at the first.</param>
    /// <exception cref="PhrasedException">The server cannot say now.</exception>
    public async Task<IReadOnlyList<LooseJson>> ReadAsync(string room, LooseJson joined, string? since, CancellationToken cancellationToken)
    {
        var timeline = joined["timeline"];
        List<LooseJson> events = [.. timeline["events"].Items];
        var mark = since is null ? await FindMarkAsync(room, joined, cancellationToken) : null;
        if (since is null && mark is null)
        {
            return [];
        }

        // What was said between invitation and entry may lie before the end of the last sync.
        var hasEntered = events.Any(e => IsOwn(e, "join") && Before(e) != "join");
        if (hasEntered || mark is not null || timeline["limited"].IsTrue)
        {
            await FillAsync(room, events, timeline["prev_batch"].Text, hasEntered ? null : since, mark, cancellationToken);
        }

        var begin = events.FindLastIndex(e => IsEnd(e, mark)) + 1;
        return [.. events.Skip(begin).Where(e => mark is null || e["origin_server_ts"].Number is not { } at || at >= mark.At)];
    }

    /// <summary>Puts before the events what the sync left out.</summary>
    private async Task FillAsync(string room, List<LooseJson> events, string? from, string? to, Mark? mark, CancellationToken cancellationToken)
    {
        var filter = Uri.EscapeDataString(new JsonObject { ["types"] = WantedTypes() }.ToJsonString());
        var end = to is null ? "" : $"&to={Uri.EscapeDataString(to)}";
        var earlier = new List<LooseJson>();
        while (from is not null && earlier.Count < options.MaxGap && !earlier.Concat(events).Any(e => IsEnd(e, mark)) && !IsOlder(earlier, mark))
        {
            var page = await client.GetAsync(
                $"v3/rooms/{MatrixClient.Part(room)}/messages?dir=b&limit={PageSize}&from={Uri.EscapeDataString(from)}{end}&filter={filter}", cancellationToken);
            if (!page.IsOk)
            {
                throw new PhrasedException(MatrixFailure.Explain(page));
            }

            earlier.AddRange(page.Body["chunk"].Items);
            from = page.Body["end"].Text is { } next && next != from && next != to ? next : null;
        }

        earlier.Reverse();
        events.InsertRange(0, earlier);
    }

    private async Task<Mark?> FindMarkAsync(string room, LooseJson joined, CancellationToken cancellationToken)
    {
        if (MarkIn(joined) is not { } id)
        {
            return null;
        }

        // Another program of the account may have marked an event we do not ask for: its time tells then where the past begins.
        var reply = await client.GetAsync($"v3/rooms/{MatrixClient.Part(room)}/event/{MatrixClient.Part(id)}", cancellationToken);
        return reply.IsOk && reply.Body["origin_server_ts"].Number is { } at ? new Mark(id, at)
            : reply.Status is 403 or 404 ? null
            : throw new PhrasedException(MatrixFailure.Explain(reply));
    }

    private bool IsEnd(LooseJson e, Mark? mark) => (mark is not null && e["event_id"].Text == mark.Id) || IsEntry(e);

    private static bool IsOlder(List<LooseJson> backwards, Mark? mark) => mark is not null && backwards.Count > 0 && backwards[^1]["origin_server_ts"].Number < mark.At;

    // A change of our own name is a membership too.
    private bool IsEntry(LooseJson e) => (IsOwn(e, "invite") || IsOwn(e, "join")) && Before(e) is not ("invite" or "join");

    private bool IsOwn(LooseJson e, string membership)
        => e["type"].Text == "m.room.member" && e["state_key"].Text == client.Me && e["content"]["membership"].Text == membership;

    private static string? Before(LooseJson e) => e["unsigned"]["prev_content"]["membership"].Text ?? e["prev_content"]["membership"].Text;

    private static JsonObject Nothing() => new() { ["not_types"] = new JsonArray("*") };

    private static JsonArray WantedTypes() => [.. Wanted.Select(type => JsonValue.Create(type))];

    /// <summary>What we have read so far, as the homeserver keeps it.</summary>
    private sealed record Mark(string Id, long At);
}
