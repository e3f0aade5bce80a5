using System.Globalization;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Servers;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>The XMPP channel with a real server behind a line that can go bad; people use the same client, on lines of their own.</summary>
internal sealed partial class XmppRig : ChannelRig
{
    private const int Ann = 5001;
    private const int Robot = 5003;

    private readonly MessengerHttp _http;
    private readonly Dictionary<int, XmppPerson> _people = [];
    private readonly string _bot;
    private Task _healing = Task.CompletedTask;

    private XmppRig(ProsodyServer server, string bot, Action<Dictionary<string, string>>? change, CallOptions calls, TimeProvider time)
    {
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(calls), TimeProvider.System);
        (Server, _bot, Line) = (server, bot, FaultyLine.To(server.Port));
        Channel = new XmppChannel(Lines, _http, Options.Create(Patience), time);
        var now = TimeProvider.System.GetUtcNow();
        Connection = new Connection(
            new ConnectionId("xmpp"), TenantId.Default, "xmpp", "XMPP", AccessPolicy.Open, true, false, Settings(ProsodyServer.PasswordOf(bot), change), now, now);
    }

    public static MessengerLines Lines { get; } = new(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }));

    /// <summary>Of the assistant; people have all the time they need.</summary>
    private static XmppOptions Patience { get; } = new() { CallTimeout = TimeSpan.FromSeconds(3), RoomInterval = TimeSpan.FromMilliseconds(300) };

    public ProsodyServer Server { get; }

    public FaultyLine Line { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-this-one");

    public string Room => $"room-{_bot}@{ProsodyServer.Rooms}";

    public string Bot => $"{_bot}@localhost";

    public bool IsUp => Host.Reports is { Count: > 0 } reports && reports[^1].State == ConnectionState.Up;

    /// <param name="time">The assistant's clock, where it is not that of this machine.</param>
    public static async Task<XmppRig> NewAsync(
        ProsodyServer server, string bot, Action<Dictionary<string, string>>? change = null, CallOptions? calls = null, TimeProvider? time = null)
    {
        var rig = new XmppRig(server, bot, change, calls ?? new CallOptions(), time ?? TimeProvider.System);
        await rig.ComeAsync(Ann);
        return rig;
    }

    /// <summary>The accounts of an assistant and of those who write to it only.</summary>
    public static IEnumerable<string> AccountsOf(string bot) => [bot, AccountOf(bot, 5001), AccountOf(bot, 5002), AccountOf(bot, Robot)];

    /// <summary>Somebody who is there.</summary>
    public XmppPerson Person(int person) => _people[person];

    /// <summary>Somebody, who comes when first asked for: every sign-in takes the server its time.</summary>
    public async Task<XmppPerson> ComeAsync(int person)
        => _people.GetValueOrDefault(person) ?? (_people[person] = await XmppPerson.StartAsync(Server, AccountOf(_bot, person)));

    /// <summary>A person comes again, after the server was away.</summary>
    public async Task ReturnAsync(int person)
    {
        await _people[person].DisposeAsync();
        _people[person] = await XmppPerson.StartAsync(Server, AccountOf(_bot, person));
    }

    public override ExternalChat ChatOf(int person) => new($"{AccountOf(_bot, person)}@localhost");

    public override async Task SayAsync(int person, string text) => await (await ComeAsync(person)).SayAsync(Bot, text);

    public override Task EditLastAsync(int person, string text) => _people[person].CorrectLastAsync(Bot, text);

    public override Task DeleteLastAsync(int person) => _people[person].RetractLastAsync(Bot);

    public override async Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
        => await (await ComeAsync(person)).ReactAsync(Bot, message, isTakenBack ? [] : [emoji]);

    public override Task SendFileAsync(int person, byte[] content) => _people[person].SendFileAsync(Bot, content);

    // As Conversations names what it has recorded.
    public override Task SendVoiceAsync(int person, byte[] content) => _people[person].SendFileAsync(Bot, content, "RECORDING_20260101_120000000.m4a", "audio/mp4");

    public override string VoiceKind => "audio";

    public override async Task SayInGroupAsync(int person, string text, bool isMention)
    {
        await (await ComeAsync(person)).JoinAsync(Room);
        await _people[person].SayAsync(Room, isMention ? $"assistant: {text}" : text, isGroup: true);
    }

    /// <summary>Bots cannot be told by the protocol: the operator names them.</summary>
    public override Task SayAsBotAsync(string text) => SayAsync(Robot, text);

    public override Task SendUnknownAsync() => _people[5001].SayUnknownAsync(Bot);

    public override async Task RedeliverLastAsync()
    {
        var offered = Gateway.Offered.Count;
        await ReadAgainAsync();
        Assert.True(Gateway.Offered.Count > offered);
    }

    /// <summary>The archive has what we said, too.</summary>
    public override Task EchoLastAsync() => ReadAgainAsync();

    public override IReadOnlyList<string> ShownTo(int person)
    {
        Heal();
        return [.. _people[person].Shown.Where(message => message.File is null).Select(message => Bold().Replace(message.Text, "**$1**"))];
    }

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
    {
        Heal();
        return [.. _people[person].Shown.Where(message => message.File is not null).Select(message => XmppPerson.FetchAsync(message.File!).GetAwaiter().GetResult())];
    }

    public override void FloodNextSend(int seconds) => throw new NotSupportedException("A server slows a line down; it names no time to wait.");

    public override void FloodNextFile(int seconds) => throw new NotSupportedException("A file service names no time to wait.");

    public override void BreakNextSend()
    {
        Line.IsClosed = true;
        Line.Cut();
        Assert.True(SpinWait.SpinUntil(() => !IsUp, TimeSpan.FromSeconds(5)));
    }

    public override void BreakNextFile() => BreakNextSend();

    /// <summary>The server's answers are lost until the channel gives the line up.</summary>
    public override void LoseNextAnswer()
    {
        Line.SwallowsAnswers = true;
        _healing = Task.Run(() =>
        {
            SpinWait.SpinUntil(() => !IsUp, TimeSpan.FromSeconds(10));
            Line.SwallowsAnswers = false;
        });
    }

    public override void LoseNextFileAnswer() => throw new NotSupportedException("A file is shown by a message, whose lost answer is another fact.");

    public override void Refuse(int person) => _people[person].BlockAsync(Bot).GetAwaiter().GetResult();

    public override void EndToken() => throw new NotSupportedException("XMPP signs in with a password, once for each line.");

    public override void RevokeCredentials() => throw new NotSupportedException("Who is signed in stays so: a password is asked for at the next line only.");

    public override async ValueTask DisposeAsync()
    {
        await _healing;
        await base.DisposeAsync();
        foreach (var person in _people.Values)
        {
            await person.DisposeAsync();
        }

        await Line.DisposeAsync();
        _http.Dispose();
    }

    public SettingValues Settings(string password, Action<Dictionary<string, string>>? change = null)
    {
        var values = new Dictionary<string, string>
        {
            ["address"] = Bot, ["password"] = password, ["host"] = "127.0.0.1", ["port"] = Line.Port.ToString(CultureInfo.InvariantCulture),
            ["authority"] = Server.Authority, ["rooms"] = Room, ["ignore"] = $"{AccountOf(_bot, Robot)}@localhost",
            ["files"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Server.FilesPort}/"),
        };
        change?.Invoke(values);
        return new SettingValues(values);
    }

    /// <summary>Waits until the session is back on a line that works.</summary>
    public void Heal()
    {
        if (Line.IsClosed)
        {
            Line.IsClosed = false;
            Assert.True(SpinWait.SpinUntil(() => IsUp, TimeSpan.FromSeconds(15)));
        }
    }

    /// <summary>What the contract writes bold, as message styling has it.</summary>
    [GeneratedRegex(@"(?<!\S)\*(\w+)\*(?!\S)")]
    private static partial Regex Bold();

    private static string AccountOf(string bot, int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}-{bot}");

    /// <summary>The archive has it still, and nobody remembers how far it was read.</summary>
    private async Task ReadAgainAsync()
    {
        await StopAsync();
        Host.Cursor = null;
        await StartAsync(CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => IsUp, TimeSpan.FromSeconds(10)));
    }
}
