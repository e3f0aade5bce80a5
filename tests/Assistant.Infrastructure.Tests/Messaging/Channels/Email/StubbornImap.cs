using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>A mailbox whose server does not hand out every mail, which a real one does not do on demand. Says just what a client must hear.</summary>
internal sealed partial class StubbornImap : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string[] _mails;
    private readonly Task _listening;

    /// <param name="mails">The first has the number 1.</param>
    public StubbornImap(params string[] mails)
    {
        _mails = mails;
        _listener.Start();
        _listening = Task.Run(ListenAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Of which mail no more than so many bytes are handed out at once.</summary>
    public (int Mail, int MaxBytes) Withheld { get; init; }

    /// <summary>The last mails flagged, as the client named them.</summary>
    public string Flagged { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            // One client at a time is all there is.
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
            await SayAsync(stream, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var tag = line.Split(' ')[0];
                await SayAsync(stream, AnswerTo(line[(tag.Length + 1)..]).Replace("TAG", tag, StringComparison.Ordinal));
            }
        }
        catch (IOException)
        {
            // The client went away.
        }
    }

    private string AnswerTo(string command)
    {
        if (Fetch().Match(command) is { Success: true } fetch)
        {
            var (number, count) = (Number(fetch, 1), Number(fetch, 2));
            var mail = _mails[number - 1];
            var part = mail[..Math.Min(mail.Length, count)];
            return number == Withheld.Mail && count > Withheld.MaxBytes
                ? "TAG NO [SERVERBUG] internal error\r\n"
                : $"* {number} FETCH (UID {number} BODY[]<0> {{{part.Length}}}\r\n{part})\r\nTAG OK\r\n";
        }

        if (Store().Match(command) is { Success: true } store)
        {
            Flagged = store.Groups[1].Value;
            return "TAG OK\r\n";
        }

        return command.Split(' ', 3) switch
        {
            ["CAPABILITY", ..] => "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n",
            ["LIST", ..] => "* LIST () \"/\" INBOX\r\nTAG OK\r\n",
            ["SELECT", ..] => $"* FLAGS (\\Seen)\r\n* {_mails.Length} EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT {_mails.Length + 1}]\r\nTAG OK [READ-WRITE]\r\n",
            ["UID", "SEARCH", ..] => $"* SEARCH {string.Join(' ', Enumerable.Range(1, _mails.Length))}\r\nTAG OK\r\n",
            _ => "TAG OK\r\n",
        };
    }

    private async Task SayAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), _stop.Token);

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^UID FETCH ([0-9]+) \(BODY\.PEEK\[\]<0\.([0-9]+)>\)")]
    private static partial Regex Fetch();

    [GeneratedRegex(@"^UID STORE ([0-9:,]+) ")]
    private static partial Regex Store();
}
