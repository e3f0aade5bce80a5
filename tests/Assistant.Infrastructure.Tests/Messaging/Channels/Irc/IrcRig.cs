using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

/// <summary>The IRC channel with a real server behind a line that can go bad.</summary>
internal sealed class IrcRig : ChannelRig
{
    public const string Password = "the-password-of-the-server";
    public const string Room = "#room";

    private readonly Dictionary<string, List<string>> _shown = [];
    private readonly Dictionary<string, int> _seen = [];
    private IrcSession? _session;

    private IrcRig(NgircdServer server, IReadOnlyList<IrcPerson> people, Action<Dictionary<string, string>>? change)
    {
        (Server, People, Line) = (server, people, FaultyLine.To(server.Port));
        Channel = new Grouped(this, NewChannel());
        Connection = ConnectionWith(Settings(Password, change));
    }

    public NgircdServer Server { get; }

    public IReadOnlyList<IrcPerson> People { get; }

    public FaultyLine Line { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-the-password");

    public override string? ForgetsWhileAway => "IRC keeps nothing for somebody who is away.";

    public static async Task<IrcRig> NewAsync(Action<Dictionary<string, string>>? change = null)
    {
        var server = await NgircdServer.StartAsync(Password);
        return new IrcRig(server, [await IrcPerson.ConnectAsync(server.Port, NickOf(5001), Password), await IrcPerson.ConnectAsync(server.Port, NickOf(5002), Password)], change);
    }

    public static IChannel NewChannel(Action<IrcOptions>? configure = null)
    {
        var options = new IrcOptions { AnswerTimeout = TimeSpan.FromSeconds(2), ReclaimInterval = TimeSpan.FromMilliseconds(300) };
        configure?.Invoke(options);
        return new IrcChannel(
            new MessengerLines(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) })),
            Options.Create(options), TimeProvider.System, NullLogger<IrcChannel>.Instance);
    }

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("net"), TenantId.Default, "irc", "Network", AccessPolicy.Open, true, false, settings, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());

    public static string NickOf(int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}");

    public IrcPerson Person(int person) => People[person - 5001];

    public SettingValues Settings(string password, Action<Dictionary<string, string>>? change = null)
    {
        var values = new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1", ["port"] = Line.Port.ToString(CultureInfo.InvariantCulture), ["security"] = "none",
            ["nick"] = "assistant", ["serverPassword"] = password, ["channels"] = Room, ["burst"] = "1000",
        };
        change?.Invoke(values);
        return new SettingValues(values);
    }

    public override ExternalChat ChatOf(int person) => new(NickOf(person));

    public override Task SayAsync(int person, string text) => Person(person).SayAsync("assistant", text);

    public override async Task SayInGroupAsync(int person, string text, bool isMention)
    {
        await Person(person).SendAsync("JOIN", Room);
        await Person(person).SayAsync(Room, isMention ? $"assistant: {text}" : text);
    }

    /// <summary>Programs speak by notices.</summary>
    public override async Task SayAsBotAsync(string text)
    {
        await Person(5002).SendAsync("NOTICE", "assistant", text);
        await Person(5002).CatchUpAsync();
    }

    public override async Task SendUnknownAsync()
    {
        await Person(5001).SayAsync("assistant", "\u0001VERSION\u0001");
        await Person(5001).SendAsync("JOIN", "#other");
        await Person(5001).SendAsync("INVITE", "assistant", "#other");
        await Person(5001).CatchUpAsync();
    }

    public override IReadOnlyList<string> ShownTo(int person) => _shown.GetValueOrDefault(NickOf(person)) ?? [];

    // What is one message here is some lines there; those that are joined are set apart by more than the end of a line.
    public override TextLimit ShownLimit { get; } = new(new IrcOptions().MaxLines * 512, LengthUnit.Utf8Bytes);

    public override void FloodNextSend(int seconds) => throw new NotSupportedException("An IRC server names no time to wait: it throws out.");

    public override void BreakNextSend()
    {
        Line.IsClosed = true;
        Line.Cut();
        WaitUntilLost();
    }

    public override void LoseNextAnswer() => Line.SwallowsAnswers = true;

    /// <summary>The person leaves; an answer would reach nobody.</summary>
    public override void Refuse(int person) => LeaveAsync(Person(person), Person(person == 5001 ? 5002 : 5001)).GetAwaiter().GetResult();

    public override void RevokeCredentials()
    {
        Server.KillAsync().GetAwaiter().GetResult();
        Server.StartAgainAsync("another").GetAwaiter().GetResult();
        WaitUntilLost();
    }

    public override async ValueTask DisposeAsync()
    {
        Line.SwallowsAnswers = false;
        await Xunit.Record.ExceptionAsync(async () => await base.DisposeAsync()); // a fault of its receiving is asserted where it is meant
        foreach (var person in People)
        {
            await person.DisposeAsync();
        }

        await Line.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Whether there is a line to the server.</summary>
    public bool IsConnected => _session is { IsConnected: true };

    /// <summary>Starts where not all that is wanted can be had.</summary>
    public async Task StartDegradedAsync(CancellationToken cancellationToken)
    {
        var up = StartAsync(cancellationToken);
        await Host.WaitAsync(ConnectionState.Degraded, cancellationToken);
        _ = up;
    }

    public void WaitUntilLost() => Xunit.Assert.True(SpinWait.SpinUntil(() => !_session!.IsConnected, TimeSpan.FromSeconds(10)));

    private static async Task LeaveAsync(IrcPerson leaving, IrcPerson staying)
    {
        await leaving.DisposeAsync();
        while (!staying.Heard.Any(line => line.Verb == "401"))
        {
            await staying.SayAsync(leaving.Nick, "are you there?");
        }
    }

    /// <summary>What came of one send is one message, of however many lines.</summary>
    private async Task NoteAsync()
    {
        foreach (var person in People)
        {
            await person.CatchUpAsync();
            var lines = person.Lines.Skip(_seen.GetValueOrDefault(person.Nick)).ToList();
            _seen[person.Nick] = person.Lines.Count;
            if (lines.Count > 0)
            {
                (_shown.TryGetValue(person.Nick, out var shown) ? shown : _shown[person.Nick] = []).Add(string.Join('\n', lines.Select(IrcText.Stripped)));
            }
        }
    }

    private sealed class Grouped(IrcRig rig, IChannel channel) : IChannel
    {
        public ChannelManifest Manifest => channel.Manifest;

        public IChannelSession Open(Connection connection)
        {
            rig._session = (IrcSession)channel.Open(connection);
            return new GroupedSession(rig, rig._session);
        }

        public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => channel.TestAsync(settings, cancellationToken);
    }

    private sealed class GroupedSession(IrcRig rig, IrcSession session) : IChannelSession
    {
        public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => session.RunAsync(host, cancellationToken);

        public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            var outcome = await session.SendAsync(message, cancellationToken);
            await rig.NoteAsync();
            return outcome;
        }

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }
}
