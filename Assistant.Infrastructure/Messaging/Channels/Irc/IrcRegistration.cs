using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>The server does not take us in.</summary>
internal sealed class IrcRefusedException(Phrase reason) : PhrasedException(reason);

// https://modern.ircdocs.horse/#connection-registration and https://ircv3.net/specs/extensions/capability-negotiation: CAP LS stops the
// registration until CAP END; a server that knows no capabilities answers 421 or nothing and goes on.

/// <summary>From the first line to the welcome.</summary>
internal sealed class IrcRegistration(IrcWire wire, IrcSettings settings)
{
    /// <summary>Payload of one AUTHENTICATE; a full one is followed by another, if only an empty one.</summary>
    private const int SaslChunk = 400;

    private const int MaxNicks = 6;

    private static readonly string[] Wanted =
        ["message-tags", "server-time", "account-tag", "echo-message", "batch", "draft/chathistory", "sasl"];

    private readonly HashSet<string> _offered = new(StringComparer.OrdinalIgnoreCase);
    private int _nicks;
    private bool _isSignedIn;

    /// <summary>Capabilities the server has switched on.</summary>
    public HashSet<string> Enabled { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The nick we asked for last; after the welcome, ours.</summary>
    public string Nick { get; private set; } = settings.Nick;

    /// <exception cref="IrcRefusedException">The server does not take us in.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SendAsync("CAP", "LS", "302");
        if (settings.ServerPassword is { } password)
        {
            await SendAsync("PASS", password);
        }

        await SendAsync("NICK", Nick);
        await SendAsync("USER", "assistant", "0", "*", "Assistant");
        while (await wire.ReadAsync(cancellationToken) is { } line)
        {
            if (IrcMessage.Read(line) is { } message && await HandleAsync(message))
            {
                return;
            }
        }

        throw new PhrasedException(Phrase.Of("irc.lost"));

        async Task<bool> HandleAsync(IrcMessage message)
        {
            switch (message.Verb.ToUpperInvariant())
            {
                case "PING":
                    await SendAsync("PONG", message[0]);
                    break;
                case "CAP":
                    await NegotiateAsync(message);
                    break;
                case "AUTHENTICATE" when message[0] == "+":
                    await AuthenticateAsync();
                    break;
                case "903":
                    _isSignedIn = true;
                    await SendAsync("CAP", "END");
                    break;
                case "902" or "904" or "905" or "906" or "908" or "464":
                    throw new IrcRefusedException(Phrase.Of("channel.sign-in-refused", ("name", IrcSession.Name)));
                case "433" or "436" or "437" when _nicks < MaxNicks:
                    Nick = Alternative(++_nicks);
                    await SendAsync("NICK", Nick);
                    break;
                case "431" or "432" or "433" or "436" or "437" or "465" or "ERROR":
                    throw new IrcRefusedException(Phrase.Of("channel.refuses", ("name", IrcSession.Name), ("says", message.Last)));
                case "001":
                    Nick = message[0];
                    if (settings.Account is not null && !_isSignedIn)
                    {
                        throw new IrcRefusedException(Phrase.Of("irc.no-sasl"));
                    }

                    return true;
                default:
                    break;
            }

            return false;
        }

        Task SendAsync(string verb, params string[] parameters) => wire.WriteAsync(IrcMessage.Of(verb, parameters), cancellationToken);

        async Task NegotiateAsync(IrcMessage message)
        {
            var names = message.Last.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Split('=')[0]);
            switch (message[1].ToUpperInvariant())
            {
                case "LS":
                    _offered.UnionWith(names);
                    if (message[2] != "*")
                    {
                        await RequestAsync();
                    }

                    break;
                case "ACK":
                    Enabled.UnionWith(names);
                    if (settings.Account is not null && Enabled.Contains("sasl"))
                    {
                        await SendAsync("AUTHENTICATE", "PLAIN");
                    }
                    else
                    {
                        await SendAsync("CAP", "END");
                    }

                    break;
                case "NAK":
                    await SendAsync("CAP", "END");
                    break;
                default:
                    break;
            }
        }

        Task RequestAsync()
        {
            var request = Wanted.Where(name => _offered.Contains(name) && (name != "sasl" || settings.Account is not null)).ToList();
            return request.Count == 0 ? SendAsync("CAP", "END") : SendAsync("CAP", "REQ", string.Join(' ', request));
        }

        async Task AuthenticateAsync()
        {
            var proof = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Account}\0{settings.Account}\0{settings.Password}"));
            for (var at = 0; at < proof.Length; at += SaslChunk)
            {
                await SendAsync("AUTHENTICATE", proof[at..Math.Min(at + SaslChunk, proof.Length)]);
            }

            if (proof.Length % SaslChunk == 0)
            {
                await SendAsync("AUTHENTICATE", "+");
            }
        }
    }

    /// <summary>A name like the wanted one, no longer than it where that is likely to be too long.</summary>
    private string Alternative(int attempt)
    {
        var tail = attempt <= 2 ? new string('_', attempt) : RandomNumberGenerator.GetInt32(10, 100).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return settings.Nick.Length + tail.Length <= 9 || attempt <= 1 ? settings.Nick + tail : settings.Nick[..Math.Max(1, Math.Min(settings.Nick.Length, 9) - tail.Length)] + tail;
    }
}
