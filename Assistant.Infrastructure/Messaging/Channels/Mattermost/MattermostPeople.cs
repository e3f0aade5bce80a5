using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Who people are, what channels are, and whose threads: asked for once in a while. Safe for concurrent use.</summary>
internal sealed class MattermostPeople(MattermostClient client, MattermostOptions options, TimeProvider time)
{
    private const int MaxRemembered = 10_000;

    private volatile string _botName = "";
    private readonly ConcurrentDictionary<string, (ExternalSender Sender, DateTimeOffset Until)> _people = new();
    private readonly ConcurrentDictionary<string, MattermostPlace> _places = new();
    private readonly ConcurrentDictionary<string, string> _starters = new();

    /// <summary>What the assistant is called, once the server has said it.</summary>
    public string BotName
    {
        get => _botName;
        set => _botName = value;
    }

    /// <summary>The sender with name and language; by the name at hand, or the id, when the server does not say.</summary>
    public async Task<ExternalSender> FindAsync(string user, string? nameAtHand, CancellationToken cancellationToken)
    {
        if (_people.TryGetValue(user, out var known) && known.Until > time.GetUtcNow())
        {
            return known.Sender;
        }

        var reply = await client.GetAsync($"users/{user}", cancellationToken);
        if (!reply.IsOk)
        {
            return ExternalSender.Named(user, null, nameAtHand ?? user);
        }

        var (nick, full) = (reply.Body["nickname"].Text, $"{reply.Body["first_name"].Text} {reply.Body["last_name"].Text}".Trim());
        var name = !string.IsNullOrWhiteSpace(nick) ? nick : full.Length > 0 ? full : reply.Body["username"].Text ?? nameAtHand ?? user;
        var sender = new ExternalSender(user, name, reply.Body["locale"].Text is { Length: > 0 } locale ? locale : null, reply.Body["is_bot"].IsTrue);
        Shrink(_people);
        _people[user] = (sender, time.GetUtcNow() + options.NameLifetime);
        return sender;
    }

    /// <summary>The channel; <see langword="null"/> when it is none we may see.</summary>
    /// <exception cref="PhrasedException">The server cannot say now.</exception>
    public async Task<MattermostPlace?> FindPlaceAsync(string channel, CancellationToken cancellationToken)
    {
        if (_places.TryGetValue(channel, out var known))
        {
            return known;
        }

        var reply = await client.GetAsync($"channels/{channel}", cancellationToken);
        if (MattermostPlace.Of(reply.Body) is { } place && reply.IsOk)
        {
            return _places[channel] = place;
        }

        return reply.Status is 403 or 404 ? null : throw new PhrasedException(MattermostFailure.Explain(reply));
    }

    public void Note(MattermostPlace place) => _places[place.Id] = place;

    /// <summary>Channels changed: what they are is asked for again.</summary>
    public void ForgetPlaces() => _places.Clear();

    /// <summary>Who began a thread; empty when nobody can say.</summary>
    public async Task<string> FindStarterAsync(string post, CancellationToken cancellationToken)
    {
        if (_starters.TryGetValue(post, out var known))
        {
            return known;
        }

        var reply = await client.GetAsync($"posts/{post}", cancellationToken);
        if (!reply.IsOk)
        {
            return "";
        }

        Shrink(_starters);
        return _starters[post] = reply.Body["user_id"].Text ?? "";
    }

    private static void Shrink<T>(ConcurrentDictionary<string, T> remembered)
    {
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }
    }
}
