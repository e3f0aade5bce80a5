using System.Text.Json.Nodes;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Answers invitations as the settings say. One that is not accepted is left open, for a person to decide; one to an encrypted room is declined with the reason.</summary>
internal sealed class MatrixInvitations(MatrixClient client, MatrixSettings settings)
{
    private static readonly LocalizedText Unreadable = new("I cannot take part in end-to-end encrypted rooms.", "我无法加入端到端加密的房间。");

    /// <exception cref="PhrasedException">The answer did not come about, and is due when the invitation is seen again.</exception>
    public async Task AnswerAsync(string room, LooseJson invited, CancellationToken cancellationToken)
    {
        var events = invited["invite_state"]["events"].Items.ToList();
        if (!IsAccepted(events))
        {
            return;
        }

        var reply = events.Any(e => e["type"].Text == "m.room.encryption")
            ? await client.PostAsync($"v3/rooms/{MatrixClient.Part(room)}/leave", new JsonObject { ["reason"] = $"{Unreadable.English} {Unreadable.Chinese}" }, cancellationToken)
            : await client.PostAsync($"v3/rooms/{MatrixClient.Part(room)}/join", [], cancellationToken);

        // Refused for good: it was withdrawn, or we were banned.
        if (!reply.IsOk && (MatrixFailure.IsCredentials(reply) || reply.Status is not (>= 400 and < 500 and not 429)))
        {
            throw new PhrasedException(MatrixFailure.Explain(reply));
        }
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
}
