using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

// A sync tells an invitation once. To answer it a server may have to ask that of the room, which may be gone for good; nothing else waits for
// that. So what cannot be answered now is kept here, in memory: after a restart somebody has to invite again.

/// <summary>Answers invitations as the settings say. One that is not accepted is left open, for a person to decide; one to an encrypted room is declined with the reason.</summary>
/// <remarks>For one sync at a time.</remarks>
internal sealed class MatrixInvitations(MatrixClient client, MatrixSettings settings, TimeProvider time)
{
    /// <summary>Invitations kept. For one more, that is given up which failed most often.</summary>
    private const int Capacity = 100;

    private static readonly LocalizedText Unreadable = new("I cannot take part in end-to-end encrypted rooms.", "我无法加入端到端加密的房间。");

    /// <summary>How long one round of answers goes on, and then the call it is in.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Invitation> _open = [];

    /// <summary>What could not be answered when it was tried; <see langword="null"/> when there is no such invitation.</summary>
    public Phrase? Trouble
    {
        get
        {
            var failed = _open.Where(one => one.Value.Reason is not null).OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
            return failed.Count == 0 ? null : new Phrase.Several(
                [Phrase.Of("matrix.invitations-waiting", ("rooms", string.Join(", ", failed.Select(one => one.Key)))), failed[0].Value.Reason!]);
        }
    }

    /// <summary>An invitation came, or came again.</summary>
    public void Note(string room, LooseJson invited)
    {
        var events = invited["invite_state"]["events"].Items.ToList();
        if (!IsAccepted(events))
        {
            return;
        }

        if (_open.Count >= Capacity && !_open.ContainsKey(room))
        {
            _open.Remove(_open.MaxBy(one => one.Value.Failures).Key);
        }

        _open[room] = new Invitation(events.Any(e => e["type"].Text == "m.room.encryption"), time.GetUtcNow(), 0, null);
    }

    /// <summary>It is answered, or withdrawn.</summary>
    public void Forget(string room) => _open.Remove(room);

    /// <summary>Answers what is due, one after another, until that has taken long enough for now or the server asks for a pause.</summary>
    /// <exception cref="PhrasedException">The server does not take the account any more.</exception>
    public async Task AnswerAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        foreach (var (room, invitation) in _open.Where(one => one.Value.Due <= time.GetUtcNow()).OrderBy(one => one.Value.Due).ToList())
        {
            var reply = await AnswerAsync(room, invitation, cancellationToken);
            if (MatrixFailure.IsCredentials(reply))
            {
                throw new PhrasedException(MatrixFailure.Explain(reply));
            }

            if (reply.IsOk || reply.Status is >= 400 and < 500 and not 429)
            {
                // Or refused for good: it was withdrawn, or we were banned.
                _open.Remove(room);
            }
            else
            {
                var due = time.GetUtcNow() + WaitAfter(reply, invitation.Failures);
                _open[room] = new Invitation(invitation.IsEncrypted, due, invitation.Failures + 1, MatrixFailure.Explain(reply));
            }

            if (MatrixFailure.PauseOf(reply) is not null || time.GetElapsedTime(began) > Patience)
            {
                return;
            }
        }
    }

    private Task<MatrixReply> AnswerAsync(string room, Invitation invitation, CancellationToken cancellationToken) => invitation.IsEncrypted
        ? client.PostAsync($"v3/rooms/{MatrixClient.Part(room)}/leave", new JsonObject { ["reason"] = $"{Unreadable.English} {Unreadable.Chinese}" }, cancellationToken)
        : client.PostAsync($"v3/rooms/{MatrixClient.Part(room)}/join", [], cancellationToken);

    // Longer each time, and never less than the server asks for.
    private static TimeSpan WaitAfter(MatrixReply reply, int failures)
    {
        var wait = ShortestWait * (1 << Math.Min(failures, 6));
        wait = wait < LongestWait ? wait : LongestWait;
        return MatrixFailure.PauseOf(reply) ?? (MatrixFailure.Outcome(reply) is SendOutcome.RetryAfter { Delay: { } asked } && asked > wait ? asked : wait);
    }

    private bool IsAccepted(List<LooseJson> events)
    {
        var inviter = events.Where(e => e["type"].Text == "m.room.member" && e["state_key"].Text == client.Me && e["content"]["membership"].Text == "invite")
            .Select(e => e["sender"].Text).FirstOrDefault();
        return MatrixIds.IsUser(inviter) && settings.Invites switch
        {
            MatrixInvites.Everybodys => true,
            MatrixInvites.OwnServers => MatrixIds.ServerOf(inviter!) == MatrixIds.ServerOf(client.Me),
            _ => false,
        };
    }

    /// <param name="Due">Not tried before.</param>
    /// <param name="Reason">Why it could not be answered the last time.</param>
    private sealed record Invitation(bool IsEncrypted, DateTimeOffset Due, int Failures, Phrase? Reason);
}
