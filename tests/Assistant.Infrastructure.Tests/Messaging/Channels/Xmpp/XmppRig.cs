using System.Globalization;
using System.Xml.Linq;
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

/// <summary>The XMPP channel with a real server behind it; people use the same client.</summary>
internal sealed class XmppRig : ChannelRig
{
    private readonly ProsodyServer _server;
    private readonly MessengerHttp _http = new(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);
    private readonly XmppOptions _options = new() { CallTimeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<int, XmppPerson> _people = [];
    private readonly string _bot;

    private XmppRig(ProsodyServer server, string bot)
    {
        (_server, _bot) = (server, bot);
        Channel = new XmppChannel(TestOutgoing.Default, _http, Options.Create(_options), TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        Connection = new Connection(new ConnectionId("xmpp"), TenantId.Default, "xmpp", "XMPP", AccessPolicy.Open, true, false, Settings(ProsodyServer.PasswordOf(bot)), now, now);
    }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-this-one");

    public static async Task<XmppRig> NewAsync(ProsodyServer server, string bot)
    {
        var rig = new XmppRig(server, bot);
        foreach (var person in (int[])[5001, 5002])
        {
            rig._people[person] = await XmppPerson.StartAsync(server, rig.AccountOf(person), rig._options);
        }

        return rig;
    }

    /// <summary>The account of a person who writes to this rig's assistant only.</summary>
    public static string AccountOf(string bot, int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}-{bot}");

    public override ExternalChat ChatOf(int person) => new($"{AccountOf(person)}@localhost");

    public override Task SayAsync(int person, string text) => _people[person].SayAsync(Bot, text);

    public override Task EditLastAsync(int person, string text)
        => _people[person].SayAsync(Bot, text, new XElement(XmppNames.Correct + "replace", new XAttribute("id", _people[person].LastId)), isNew: false);

    public override Task DeleteLastAsync(int person) => _people[person].SayAsync(
        Bot, "taken back", new XElement(XmppNames.Retract + "retract", new XAttribute("id", _people[person].LastId)), isNew: false);

    public override Task SendUnknownAsync() => _people[5001].SayAsync(Bot, null, new XElement(XName.Get("hologram", "urn:example")));

    public override async Task RedeliverLastAsync()
    {
        // The archive has it still, and nobody remembers how far it was read.
        var offered = Gateway.Offered.Count;
        await StopAsync();
        Host.Cursor = null;
        await StartAsync(CancellationToken.None);
        Assert.True(Gateway.Offered.Count > offered);
    }

    public override IReadOnlyList<string> ShownTo(int person) => _people[person].Shown;

    public override void FloodNextSend(int seconds) => Assert.Skip("XMPP names no number of seconds to wait.");

    public override void BreakNextSend() => Assert.Skip("The server cannot be told to fail.");

    public override void LoseNextAnswer() => Assert.Skip("The line between the channel and the server cannot be made to lose an answer here.");

    public override void Refuse(int person) => _people[person].BlockAsync(Bot).GetAwaiter().GetResult();

    public override Task SendFileAsync(int person, byte[] content)
    {
        Assert.Skip("Files lie on a service of their own, which this server has not.");
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var person in _people.Values)
        {
            await person.DisposeAsync();
        }

        _http.Dispose();
    }

    private string Bot => $"{_bot}@localhost";

    private string AccountOf(int person) => AccountOf(_bot, person);

    private SettingValues Settings(string password) => new(new Dictionary<string, string>
    {
        ["address"] = Bot, ["password"] = password, ["host"] = "127.0.0.1", ["port"] = _server.Port.ToString(CultureInfo.InvariantCulture),
        ["fingerprint"] = _server.Fingerprint, ["rooms"] = "",
    });
}

/// <summary>A person at a client of the same kind.</summary>
internal sealed class XmppPerson : IAsyncDisposable
{
    private readonly XmppLink _link;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<string> _shown = [];
    private Task _running = Task.CompletedTask;

    private XmppPerson(XmppLink link) => _link = link;

    public string LastId { get; private set; } = "";

    public IReadOnlyList<string> Shown
    {
        get
        {
            // What the server took is on its way to the person: an answer to a question behind it says that it is here.
            _link.AskAsync("get", "localhost", new XElement(XmppNames.Ping + "ping"), CancellationToken.None).GetAwaiter().GetResult();
            lock (_lock)
            {
                return [.. _shown];
            }
        }
    }

    public static async Task<XmppPerson> StartAsync(ProsodyServer server, string account, XmppOptions options)
    {
        var settings = XmppSettings.Read(new SettingValues(new Dictionary<string, string>
        {
            ["address"] = $"{account}@localhost", ["password"] = ProsodyServer.PasswordOf(account), ["host"] = "127.0.0.1",
            ["port"] = server.Port.ToString(CultureInfo.InvariantCulture), ["fingerprint"] = server.Fingerprint,
        }))!;
        var person = new XmppPerson(new XmppLink(settings, "phone", options, TestOutgoing.Default, TimeProvider.System));
        await person._link.OpenAsync(CancellationToken.None);
        person._running = person._link.PumpAsync(person.ReceiveAsync, person._stop.Token);
        await person._link.WriteAsync(new XElement(XmppNames.Presence), CancellationToken.None);
        return person;
    }

    public async Task SayAsync(string to, string? text, XElement? with = null, bool isNew = true)
    {
        var id = XmppNames.NewId();
        LastId = isNew ? id : LastId;
        var receipt = await _link.DeliverAsync(
            new XElement(XmppNames.Message, new XAttribute("to", to), new XAttribute("type", "chat"), new XAttribute("id", id),
                text is null ? null : new XElement(XmppNames.Client + "body", text), with, new XElement(XmppNames.Hints + "store")),
            toRoom: false, CancellationToken.None);
        Assert.IsType<XmppReceipt.Taken>(receipt);
    }

    public Task BlockAsync(string whom)
    {
        XNamespace blocking = "urn:xmpp:blocking";
        return _link.AskAsync("set", null, new XElement(blocking + "block", new XElement(blocking + "item", new XAttribute("jid", whom))), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _link.Dispose();
        _stop.Dispose();
    }

    private Task ReceiveAsync(XElement stanza)
    {
        if (stanza.Element(XmppNames.Client + "body")?.Value is { } body && stanza.Get("type") != "error")
        {
            lock (_lock)
            {
                _shown.Add(body);
            }
        }

        return Task.CompletedTask;
    }
}
