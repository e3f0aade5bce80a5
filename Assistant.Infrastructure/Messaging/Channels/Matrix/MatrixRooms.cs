using System.Collections.Concurrent;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>What is known of one room.</summary>
/// <param name="Members">Who is in it and what they are called; of a room with more people than can be asked for, nobody.</param>
internal sealed record MatrixRoom(string Id, ConcurrentDictionary<string, string> Members, bool IsLarge, string? Title)
{
    /// <summary>Whether there are more than two in it.</summary>
    public bool IsGroup => IsLarge || Members.Count > 2;

    /// <summary>What somebody is called there.</summary>
    public string NameOf(string user) => Members.TryGetValue(user, out var name) && !string.IsNullOrWhiteSpace(name) ? name : MatrixIds.LocalPartOf(user);
}

/// <summary>The rooms of the account: asked for once, kept up to date by what comes in. Safe for concurrent use.</summary>
internal sealed class MatrixRooms(MatrixClient client)
{
    private readonly ConcurrentDictionary<string, MatrixRoom> _rooms = new();
    private readonly ConcurrentDictionary<string, bool> _isEncrypted = new();
    private readonly ConcurrentDictionary<string, string> _unreadable = new();

    /// <summary>Names of encrypted rooms in which something was said.</summary>
    public IReadOnlyCollection<string> Unreadable => [.. _unreadable.Values.Order(StringComparer.Ordinal)];

    /// <exception cref="PhrasedException">The server cannot say now.</exception>
    public async Task<MatrixRoom> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (_rooms.TryGetValue(id, out var known))
        {
            return known;
        }

        var reply = await client.GetAsync($"v3/rooms/{MatrixClient.Part(id)}/joined_members", cancellationToken);
        var isLarge = !reply.IsOk;
        if (isLarge && reply.Status is not (403 or 404) && !MatrixSync.IsTooLarge(reply))
        {
            throw new PhrasedException(MatrixFailure.Explain(reply));
        }

        var members = reply.Body["joined"].Members.Where(member => MatrixIds.IsUser(member.Name))
            .Select(member => KeyValuePair.Create(member.Name, member.Value["display_name"].Text ?? ""));
        var room = new MatrixRoom(id, new ConcurrentDictionary<string, string>(members), isLarge, null);
        return _rooms[id] = room.IsGroup ? room with { Title = await FindTitleAsync(id, cancellationToken) } : room;
    }

    /// <summary>Something changed in a room.</summary>
    public void Note(string id, LooseJson e)
    {
        switch (e["type"].Text)
        {
            case "m.room.encryption":
                _isEncrypted[id] = true;
                break;
            case "m.room.member" when _rooms.TryGetValue(id, out var room) && e["state_key"].Text is { } user && MatrixIds.IsUser(user):
                if (e["content"]["membership"].Text == "join")
                {
                    room.Members[user] = e["content"]["displayname"].Text ?? "";
                }
                else
                {
                    room.Members.TryRemove(user, out _);
                }

                break;
            case "m.room.name" when _rooms.TryGetValue(id, out var renamed):
                _rooms[id] = renamed with { Title = e["content"]["name"].Text };
                break;
            default:
                break;
        }
    }

    /// <summary>Something was said in a room that cannot be read.</summary>
    public async Task NoteUnreadableAsync(string id, CancellationToken cancellationToken)
    {
        _isEncrypted[id] = true;
        if (!_unreadable.ContainsKey(id))
        {
            _unreadable[id] = await FindTitleAsync(id, cancellationToken) ?? id;
        }
    }

    /// <summary>We are in it no more.</summary>
    public void Forget(string id)
    {
        _rooms.TryRemove(id, out _);
        _unreadable.TryRemove(id, out _);
    }

    /// <summary>Whether a room is end-to-end encrypted.</summary>
    /// <returns>A failure when the server cannot say now.</returns>
    public async Task<(bool IsEncrypted, MatrixReply? Failure)> FindEncryptionAsync(string id, CancellationToken cancellationToken)
    {
        if (_isEncrypted.TryGetValue(id, out var known))
        {
            return (known, null);
        }

        var reply = await client.GetAsync($"v3/rooms/{MatrixClient.Part(id)}/state/m.room.encryption", cancellationToken);
        if (reply.IsOk || reply.Status == 404)
        {
            // What came in meanwhile knows better: encryption is never switched off.
            return (_isEncrypted.AddOrUpdate(id, reply.IsOk, (_, earlier) => earlier || reply.IsOk), null);
        }

        // Who is not in the room is not told; the send says so in better words.
        return reply.Status == 403 && !MatrixFailure.IsCredentials(reply) ? (false, null) : (false, reply);
    }

    private async Task<string?> FindTitleAsync(string id, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync($"v3/rooms/{MatrixClient.Part(id)}/state/m.room.name", cancellationToken);
        return reply.IsOk && !string.IsNullOrWhiteSpace(reply.Body["name"].Text) ? reply.Body["name"].Text : null;
    }
}
