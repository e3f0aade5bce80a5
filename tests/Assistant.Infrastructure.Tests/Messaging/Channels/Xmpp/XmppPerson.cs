using System.Globalization;
using System.Xml.Linq;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Assistant.Testing.Servers;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>What a person sees.</summary>
/// <param name="File">Where the file of a message lies.</param>
internal sealed record XmppShown(string From, string Text, string? File);

/// <summary>A person at a client of the same kind.</summary>
internal sealed class XmppPerson : IAsyncDisposable
{
    private static readonly HttpClient Files = new();

    private readonly XmppLink _link;
    private readonly string _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<XmppShown> _shown = [];
    private readonly Dictionary<string, TaskCompletionSource> _rooms = [];
    private Task _running = Task.CompletedTask;
    private string _lastId = "";

    private XmppPerson(XmppLink link, string name) => (_link, _name) = (link, name);

    public IReadOnlyList<XmppShown> Shown
    {
        get
        {
            // What the server took is on its way to the person: an answer to a question behind it says that it is here.
            var fault = Record.Exception(
                () => _link.AskAsync("get", "localhost", new XElement(XmppNames.Ping + "ping"), CancellationToken.None).GetAwaiter().GetResult());
            Assert.True(fault is null, $"{fault?.Message} {_running.Exception}");
            lock (_lock)
            {
                return [.. _shown];
            }
        }
    }

    public static async Task<XmppPerson> StartAsync(ProsodyServer server, string account)
    {
        var settings = XmppSettings.Read(new SettingValues(new Dictionary<string, string>
        {
            ["address"] = $"{account}@localhost", ["password"] = ProsodyServer.PasswordOf(account), ["host"] = "127.0.0.1",
            ["port"] = server.Port.ToString(CultureInfo.InvariantCulture), ["authority"] = server.Authority,
        }))!;
        var person = new XmppPerson(new XmppLink(settings, "phone", new XmppOptions(), XmppRig.Lines, TimeProvider.System), account);
        await person._link.OpenAsync(CancellationToken.None);
        person._running = person._link.PumpAsync(person.ReceiveAsync, _ => Task.CompletedTask, person._stop.Token);
        await person._link.WriteAsync(new XElement(XmppNames.Presence), CancellationToken.None);
        return person;
    }

    /// <summary>What lies at an address.</summary>
    public static async Task<(string Name, byte[] Content)> FetchAsync(string address)
        => (Uri.UnescapeDataString(new Uri(address).Segments[^1]), await Files.GetByteArrayAsync(address));

    public Task SayAsync(string to, string text, bool isGroup = false) => SendAsync(to, isGroup, true, new XElement(XmppNames.Client + "body", text));

    /// <summary>Says something, with elements inside of each other behind it.</summary>
    public Task SayNestedAsync(string to, string text, int levels)
    {
        var nest = XName.Get("nest", "urn:example");
        return SendAsync(to, false, true, new XElement(XmppNames.Client + "body", text), Enumerable.Range(1, levels).Aggregate(new XElement(nest), (inner, _) => new XElement(nest, inner)));
    }

    public Task CorrectLastAsync(string to, string text, bool isGroup = false) => SendAsync(
        to, isGroup, false, new XElement(XmppNames.Client + "body", text), new XElement(XmppNames.Correct + "replace", new XAttribute("id", _lastId)));

    public Task RetractLastAsync(string to) => SendAsync(
        to, false, false, new XElement(XmppNames.Client + "body", "taken back"), new XElement(XmppNames.Retract + "retract", new XAttribute("id", _lastId)));

    /// <summary>Reacts to a message with these, and no others.</summary>
    public Task ReactAsync(string to, string message, params IEnumerable<string> emoji) => SendAsync(
        to, false, false, new XElement(XmppNames.Reactions + "reactions", new XAttribute("id", message), emoji.Select(one => new XElement(XmppNames.Reactions + "reaction", one))));

    public Task SayUnknownAsync(string to) => SendAsync(to, false, true, new XElement(XName.Get("hologram", "urn:example")));

    public async Task SendFileAsync(string to, byte[] content, string name = "notes.bin", string type = "application/octet-stream")
    {
        var slot = (await _link.AskAsync("get", ProsodyServer.Files, new XElement(XmppNames.Upload + "request",
            new XAttribute("filename", name), new XAttribute("size", content.Length), new XAttribute("content-type", type)),
            CancellationToken.None)).Element(XmppNames.Upload + "slot")!;
        var put = slot.Element(XmppNames.Upload + "put")!;
        using var request = new HttpRequestMessage(HttpMethod.Put, put.Get("url")) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new(type);
        foreach (var header in put.Elements(XmppNames.Upload + "header"))
        {
            request.Headers.TryAddWithoutValidation(header.Get("name")!, header.Value);
        }

        using var answer = await Files.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var address = slot.Element(XmppNames.Upload + "get")!.Get("url");
        await SendAsync(to, false, true, new XElement(XmppNames.Client + "body", address), new XElement(XmppNames.OutOfBand + "x", new XElement(XmppNames.OutOfBand + "url", address)));
    }

    public async Task JoinAsync(string room)
    {
        TaskCompletionSource joined;
        lock (_lock)
        {
            if (_rooms.ContainsKey(room))
            {
                return;
            }

            joined = _rooms[room] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await _link.WriteAsync(
            new XElement(XmppNames.Presence, new XAttribute("to", $"{room}/{_name}"),
                new XElement(XmppNames.Muc + "x", new XElement(XmppNames.Muc + "history", new XAttribute("maxstanzas", "0")))), CancellationToken.None);
        await joined.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Makes a room that only its members may come into.</summary>
    public async Task CloseAsync(string room)
    {
        await JoinAsync(room);
        await ConfigureAsync(room, "muc#roomconfig_membersonly", "1");
    }

    /// <summary>Lets everybody into it again.</summary>
    public Task OpenAsync(string room) => ConfigureAsync(room, "muc#roomconfig_membersonly", "0");

    public Task BlockAsync(string whom)
    {
        XNamespace blocking = "urn:xmpp:blocking";
        return _link.AskAsync("set", null, new XElement(blocking + "block", new XElement(blocking + "item", new XAttribute("jid", whom))), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SendAsync(string to, bool isGroup, bool isNew, params XElement[] content)
    {
        var id = XmppNames.NewId();
        _lastId = isNew ? id : _lastId;
        var receipt = await _link.DeliverAsync(
            new XElement(XmppNames.Message, new XAttribute("to", to), new XAttribute("type", isGroup ? "groupchat" : "chat"), new XAttribute("id", id),
                content, new XElement(XmppNames.Hints + "store")),
            toRoom: false, CancellationToken.None);
        Assert.True(receipt is XmppReceipt.Taken, $"{receipt} {_running.Exception}");
    }

    private async Task ConfigureAsync(string room, string field, string value)
    {
        var answer = await _link.AskAsync("set", room, new XElement(XmppNames.MucOwner + "query",
            new XElement(XmppNames.Form + "x", new XAttribute("type", "submit"),
                FieldOf("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"), FieldOf(field, value))), CancellationToken.None);
        Assert.Equal("result", answer.Get("type"));

        static XElement FieldOf(string name, string value)
            => new(XmppNames.Form + "field", new XAttribute("var", name), new XElement(XmppNames.Form + "value", value));
    }

    private Task<XmppMark?> ReceiveAsync(XElement stanza)
    {
        lock (_lock)
        {
            var from = stanza.Get("from") ?? "";
            if (stanza.Name == XmppNames.Message && stanza.Get("type") != "error" && stanza.Element(XmppNames.Client + "body")?.Value is { } body)
            {
                _shown.Add(new(from, body, stanza.Element(XmppNames.OutOfBand + "x")?.Element(XmppNames.OutOfBand + "url")?.Value));
            }
            else if (stanza.Name == XmppNames.Presence && stanza.Descendants(XmppNames.MucUser + "status").Any(status => status.Get("code") == "110")
                && _rooms.TryGetValue(from.Split('/')[0], out var joined))
            {
                joined.TrySetResult();
            }
        }

        return Task.FromResult<XmppMark?>(null);
    }
}
