using System.Collections.Concurrent;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>A command that shows "is thinking" until its answer is filled in.</summary>
internal sealed record OpenCommand(string Application, string Token, DateTimeOffset At);

/// <summary>Commands that wait for their answer. The tokens live in memory only: after a restart an answer is a message of its own. Safe for concurrent use.</summary>
internal sealed class DiscordCommands(TimeProvider time)
{
    private const int MaxRemembered = 5_000;

    // A little less than the fifteen minutes for which Discord takes the answer.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(14);

    private readonly ConcurrentDictionary<string, OpenCommand> _open = new(StringComparer.Ordinal);

    public void Note(string interaction, string application, string token)
    {
        if (_open.Count >= MaxRemembered)
        {
            foreach (var (old, _) in _open.Where(pair => time.GetUtcNow() - pair.Value.At > Lifetime).ToList())
            {
                _open.TryRemove(old, out _);
            }
        }

        if (_open.Count < MaxRemembered)
        {
            _open[interaction] = new OpenCommand(application, token, time.GetUtcNow());
        }
    }

    /// <summary>The command a message answers, while Discord waits for it.</summary>
    public OpenCommand? Find(string interaction) => _open.TryGetValue(interaction, out var command) && time.GetUtcNow() - command.At < Lifetime ? command : null;

    /// <summary>It is answered, or will not be.</summary>
    public void Close(string interaction) => _open.TryRemove(interaction, out _);
}
