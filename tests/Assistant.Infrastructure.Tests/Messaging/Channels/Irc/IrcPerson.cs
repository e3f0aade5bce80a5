using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Assistant.Infrastructure.Messaging.Channels.Irc;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

/// <summary>Somebody with a client of their own.</summary>
internal sealed class IrcPerson : IAsyncDisposable
{
    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly ConcurrentQueue<IrcMessage> _heard = new();
    private IrcWire? _wire;
    private Task _reading = Task.CompletedTask;
    private int _marks;

    private IrcPerson(string nick) => Nick = nick;

    public string Nick { get; }

    /// <summary>What was said to the person, in order.</summary>
    public IReadOnlyList<string> Lines => [.. _heard.Where(line => line.Verb == "PRIVMSG").Select(line => line[1])];

    public IReadOnlyList<IrcMessage> Heard => [.. _heard];

    public static async Task<IrcPerson> ConnectAsync(int port, string nick, string password)
    {
        var person = new IrcPerson(nick);
        await person._socket.ConnectAsync("127.0.0.1", port);
        person._wire = new IrcWire(person._socket.GetStream());
        person._reading = person.ReadAsync();
        await person.SendAsync("PASS", password);
        await person.SendAsync("NICK", nick);
        await person.SendAsync("USER", nick, "0", "*", nick);
        await person.WaitAsync(line => line.Verb is "376" or "422");
        return person;
    }

    public Task SendAsync(string verb, params string[] parameters) => _wire!.WriteAsync(IrcMessage.Of(verb, parameters), CancellationToken.None);

    /// <summary>Says something and waits until the server has seen to it.</summary>
    public async Task SayAsync(string target, string text)
    {
        await SendAsync("PRIVMSG", target, text);
        await CatchUpAsync();
    }

    /// <summary>Waits until everything the server had for the person has been read; at once when the line is gone.</summary>
    public async Task CatchUpAsync()
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"mark{Interlocked.Increment(ref _marks)}");
        if (!_reading.IsCompleted)
        {
            await Xunit.Record.ExceptionAsync(() => SendAsync("PING", mark));
            await Task.WhenAny(_reading, WaitAsync(line => line.Verb == "PONG" && line.Last == mark));
        }
    }

    public async Task<IrcMessage> WaitAsync(Func<IrcMessage, bool> isIt)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (_heard.FirstOrDefault(isIt) is { } found)
            {
                return found;
            }

            await Task.Delay(5, end.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Client?.Close(0);
        await Xunit.Record.ExceptionAsync(() => _reading);
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _wire!.ReadAsync(CancellationToken.None) is { } text)
        {
            if (IrcMessage.Read(text) is { } line)
            {
                _heard.Enqueue(line);
                if (line.Verb == "PING")
                {
                    await SendAsync("PONG", line[0]);
                }
            }
        }
    }
}
