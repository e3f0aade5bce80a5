using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

/// <summary>What only a server shows: a real one, or one that follows a script where ngIRCd lacks the capability.</summary>
public sealed class IrcServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_is_come_back_to()
    {
        await using var rig = await IrcRig.NewAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(5001, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.Server.KillAsync();
        Assert.IsType<PhrasedException>(await rig.WaitForEndAsync());
        await rig.Server.StartAgainAsync(IrcRig.Password);
        await using var person = await IrcPerson.ConnectAsync(rig.Server.Port, "back", IrcRig.Password);
        await rig.StartAsync(Cancel);
        Assert.True(SpinWait.SpinUntil(() => rig.IsConnected, TimeSpan.FromSeconds(10)));
        await person.SayAsync("assistant", "after");

        Assert.Equal(["before", "after"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    [Fact]
    public async Task What_was_heard_before_the_end_is_stored()
    {
        await using var rig = await IrcRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Gateway.FailNext(2);
        for (var i = 0; i < 20; i++)
        {
            await rig.SayAsync(5001, $"{i:00}");
        }

        await rig.Person(5001).SayAsync(IrcRig.NickOf(5002), "the server has passed on all of it");
        await rig.StopAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}"), (await rig.Gateway.WaitAsync(20, Cancel)).Select(Text));
    }

    [Fact]
    public async Task What_was_heard_outlives_its_line()
    {
        await using var rig = await IrcRig.NewAsync();
        await using var session = IrcRig.NewChannel().Open(rig.Connection);
        await HearAndLoseAsync(rig, session);

        await rig.Server.StartAgainAsync(IrcRig.Password);
        using var stop = new CancellationTokenSource();
        var running = session.RunAsync(rig.Host, stop.Token);
        rig.Gateway.FailsOn = null;

        Assert.Equal("precious", Text(Assert.Single(await rig.Gateway.WaitAsync(1, Cancel))));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task What_was_heard_is_stored_at_the_end_though_its_line_is_gone()
    {
        await using var rig = await IrcRig.NewAsync();
        await using (var session = IrcRig.NewChannel().Open(rig.Connection))
        {
            await HearAndLoseAsync(rig, session);
            rig.Gateway.FailsOn = null;
        }

        Assert.Equal("precious", Text(Assert.Single(rig.Gateway.Stored)));
    }

    [Fact]
    public async Task A_connection_is_well_again_as_soon_as_what_it_held_is_stored()
    {
        await using var rig = await IrcRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Gateway.FailNext(2);

        await rig.SayAsync(5001, "hello");

        await rig.Gateway.WaitAsync(1, Cancel);
        Assert.True(SpinWait.SpinUntil(() => rig.Host.Reports[^1].State == ConnectionState.Up, TimeSpan.FromSeconds(5)));
        Assert.Contains(rig.Host.Reports, report => report.Detail.FirstCode == "irc.not-stored");
    }

    [Fact]
    public async Task A_nick_that_is_taken_is_asked_for_again()
    {
        await using var rig = await IrcRig.NewAsync();
        var holder = await IrcPerson.ConnectAsync(rig.Server.Port, "assistant", IrcRig.Password);
        await rig.StartDegradedAsync(Cancel);
        var other = rig.Host.Reports[^1].Detail;

        await holder.DisposeAsync();
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);
        await rig.SayAsync(5001, "hello");

        Assert.Equal("irc.other-nick", other.FirstCode);
        Assert.Equal("hello", Text(Assert.Single(await rig.Gateway.WaitAsync(1, Cancel))));
    }

    [Fact]
    public async Task Nothing_in_an_answer_is_taken_for_a_command()
    {
        await using var rig = await IrcRig.NewAsync();
        await rig.StartAsync(Cancel);

        var outcome = await rig.Session.SendAsync(Message(rig, "one\r\nQUIT :bye\rJOIN #evil\n\0PART"), Cancel);

        Assert.IsType<SendOutcome.Delivered>(outcome);
        Assert.True(rig.IsConnected);
        Assert.DoesNotContain(rig.People[0].Heard, line => line.Verb is "QUIT" or "JOIN");
        Assert.Contains("QUIT", Assert.Single(rig.ShownTo(5001)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_answer_arrives_whole()
    {
        await using var rig = await IrcRig.NewAsync();
        await rig.StartAsync(Cancel);
        var text = string.Concat(Enumerable.Repeat("汉", 500));

        await rig.Session.SendAsync(Message(rig, text), Cancel);

        Assert.Equal(text, Assert.Single(rig.ShownTo(5001)).Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_to_wait_too_long_waits_outside()
    {
        await using var rig = await IrcRig.NewAsync(values => (values["burst"], values["interval"]) = ("2", "10"));
        await rig.StartAsync(Cancel);
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, "a\n\nb"), Cancel));

        var later = Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(Message(rig, "c\n\nd"), Cancel));

        Assert.Equal(("irc.pace", PauseScope.Connection), (later.Reason.FirstCode, later.Scope));
        Assert.InRange(later.Delay!.Value, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_session_ended_during_a_send_does_not_change_how_that_send_ended()
    {
        await using var rig = await IrcRig.NewAsync(values => (values["burst"], values["interval"]) = ("1", "1"));
        var session = IrcRig.NewChannel().Open(rig.Connection);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = session.RunAsync(rig.Host, stop.Token);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);
        var sending = session.SendAsync(Message(rig, "a\n\nb"), Cancel); // its second line waits for a second

        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
        await session.DisposeAsync();

        Assert.Equal("irc.not-confirmed", Assert.IsType<SendOutcome.Uncertain>(await sending).Reason.FirstCode);
    }

    [Fact]
    public async Task A_silent_server_is_asked_and_given_up()
    {
        await using var rig = await IrcRig.NewAsync();
        var channel = IrcRig.NewChannel(options => (options.Silence, options.SilencePatience) = (TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(400)));
        await using var session = channel.Open(rig.Connection);
        var running = session.RunAsync(rig.Host, Cancel);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);

        rig.Line.SwallowsAnswers = true;

        Assert.Equal("irc.silent", (await Assert.ThrowsAsync<PhrasedException>(() => running)).Reason.FirstCode);
    }

    [Theory]
    [InlineData("host", "irc.example.test", "irc.needs-tls")]
    [InlineData("nick", "two words", "irc.names")]
    [InlineData("channels", "house", "irc.names")]
    [InlineData("serverPassword", "a\r\nQUIT", "irc.control-characters")]
    [InlineData("port", "70000", "irc.port")]
    public async Task A_setting_that_cannot_be_is_named(string key, string value, string code)
    {
        var settings = new Dictionary<string, string> { ["host"] = "localhost", ["nick"] = "assistant", ["security"] = "none" };
        settings[key] = value;

        var check = Assert.Single((await IrcRig.NewChannel().TestAsync(new SettingValues(settings), Cancel)).Checks);

        Assert.Equal((false, code), (check.IsPassed, check.Detail.FirstCode));
    }

    [Fact]
    public async Task With_capabilities_it_signs_in_knows_accounts_and_reads_what_it_missed()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var host = new FakeChannelHost(new RecordingGateway()) { Cursor = "2026-01-01T00:00:00.000Z" };
        await using var session = IrcRig.NewChannel().Open(IrcRig.ConnectionWith(ScriptSettings(server)));
        using var stop = new CancellationTokenSource();
        var running = session.RunAsync(host, stop.Token);
        using var client = await server.AcceptTcpClientAsync(Cancel);
        var script = new Script(client);

        await script.ExpectAsync("CAP LS 302");
        await script.SayAsync(":srv CAP * LS * :message-tags server-time account-tag", ":srv CAP * LS :sasl=PLAIN,EXTERNAL batch draft/chathistory echo-message");
        await script.ExpectAsync("CAP REQ :message-tags server-time account-tag echo-message batch draft/chathistory sasl");
        await script.SayAsync(":srv CAP * ACK :message-tags server-time account-tag echo-message batch draft/chathistory sasl");
        await script.ExpectAsync("AUTHENTICATE PLAIN");
        await script.SayAsync("AUTHENTICATE +");
        var proof = await script.ExpectAsync("AUTHENTICATE ");
        await script.SayAsync(":srv 903 * :Welcome");
        await script.ExpectAsync("CAP END");
        await script.SayAsync(":srv 001 assistant :Welcome", ":srv 422 assistant :No MOTD");
        await script.ExpectAsync("JOIN #room");
        await script.SayAsync(":assistant!a@h JOIN #room", ":srv PONG srv :joined");
        await script.ExpectAsync("CHATHISTORY AFTER #room timestamp=2026-01-01T00:00:00.000Z 100");
        await script.SayAsync(
            ":srv BATCH +1 chathistory #room",
            "@batch=1;msgid=m1;time=2026-01-01T00:00:01.000Z;account=lin :lin!l@h PRIVMSG #room :assistant: missed",
            "@batch=1;msgid=m0;time=2026-01-01T00:00:02.000Z :assistant!a@h PRIVMSG #room :my own",
            "@batch=1;time=2026-01-01T00:00:03.000Z :lin!l@h PRIVMSG #room :without an id",
            ":srv BATCH -1",
            "@msgid=m1;time=2026-01-01T00:00:01.000Z;account=lin :lin!l@h PRIVMSG #room :assistant: missed",
            "@msgid=m2;time=2026-01-01T00:00:05.000Z;account=lin :other!x@y PRIVMSG assistant :live");

        var stored = await ((RecordingGateway)host.Gateway).WaitAsync(2, Cancel);
        Assert.Equal("lin\0lin\0the password", Encoding.UTF8.GetString(Convert.FromBase64String(proof["AUTHENTICATE ".Length..])));
        Assert.Equal(["missed", "live"], stored.Select(Text));
        Assert.All(stored, message => Assert.Equal("net/account:lin", message.Sender.ExternalId));
        Assert.True(SpinWait.SpinUntil(() => host.Cursor == "2026-01-01T00:00:05.000Z", TimeSpan.FromSeconds(5)));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task A_place_that_cannot_be_kept_now_ends_no_receiving()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var host = new FakeChannelHost(new RecordingGateway()) { FailingSaves = 1 };
        var settings = ScriptSettings(server).All.Where(setting => setting.Key is not ("account" or "password")).ToDictionary();
        await using var session = IrcRig.NewChannel().Open(IrcRig.ConnectionWith(new SettingValues(settings)));
        using var stop = new CancellationTokenSource();
        var running = session.RunAsync(host, stop.Token);
        using var client = await server.AcceptTcpClientAsync(Cancel);
        var script = new Script(client);

        await script.ExpectAsync("CAP LS 302");
        await script.SayAsync(":srv CAP * LS :message-tags server-time batch draft/chathistory");
        await script.ExpectAsync("CAP REQ :message-tags server-time batch draft/chathistory");
        await script.SayAsync(":srv CAP * ACK :message-tags server-time batch draft/chathistory");
        await script.ExpectAsync("CAP END");
        await script.SayAsync(
            ":srv 001 assistant :Welcome",
            "@msgid=m1;time=2026-01-01T00:00:01.000Z :lin!l@h PRIVMSG assistant :first",
            "@msgid=m2;time=2026-01-01T00:00:02.000Z :lin!l@h PRIVMSG assistant :second");

        Assert.Equal(["first", "second"], (await ((RecordingGateway)host.Gateway).WaitAsync(2, Cancel)).Select(Text));
        Assert.True(SpinWait.SpinUntil(() => host.Cursor == "2026-01-01T00:00:02.000Z", TimeSpan.FromSeconds(5)));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task A_place_does_not_pass_what_another_channel_has_not_told_yet()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var host = new FakeChannelHost(new RecordingGateway()) { Cursor = "2026-01-01T00:00:00.000Z" };
        var settings = ScriptSettings(server).All.Where(setting => setting.Key is not ("account" or "password")).ToDictionary();
        settings["channels"] = "#one, #two, #closed";
        await using var session = IrcRig.NewChannel().Open(IrcRig.ConnectionWith(new SettingValues(settings)));
        using var stop = new CancellationTokenSource();
        var running = session.RunAsync(host, stop.Token);
        using var client = await server.AcceptTcpClientAsync(Cancel);
        var script = new Script(client);

        await script.ExpectAsync("CAP LS 302");
        await script.SayAsync(":srv CAP * LS :message-tags server-time batch draft/chathistory");
        await script.ExpectAsync("CAP REQ :message-tags server-time batch draft/chathistory");
        await script.SayAsync(":srv CAP * ACK :message-tags server-time batch draft/chathistory");
        await script.ExpectAsync("CAP END");
        await script.SayAsync(
            ":srv 001 assistant :Welcome", ":srv 422 assistant :No MOTD",
            ":assistant!a@h JOIN #one", "@msgid=m1;time=2026-01-01T00:00:09.000Z :lin!l@h PRIVMSG #one :assistant: live");
        await script.ExpectAsync("CHATHISTORY AFTER #one");
        await script.SayAsync(
            ":srv BATCH +1 chathistory #one", ":srv BATCH -1", ":assistant!a@h JOIN #two", ":srv 473 assistant #closed :Invite only", ":srv PONG srv :joined",
            "@msgid=m2;time=2026-01-01T00:00:10.000Z :lin!l@h PRIVMSG assistant :live too");
        await script.ExpectAsync("CHATHISTORY AFTER #two");
        await ((RecordingGateway)host.Gateway).WaitAsync(2, Cancel);
        await script.SayAsync("PING :still there");
        await script.ExpectAsync("PONG");
        Assert.Equal("2026-01-01T00:00:00.000Z", host.Cursor);

        await script.SayAsync(
            ":srv BATCH +2 chathistory #two", "@batch=2;msgid=m0;time=2026-01-01T00:00:01.000Z :lin!l@h PRIVMSG #two :assistant: missed", ":srv BATCH -2");

        Assert.Equal(["live", "live too", "missed"], (await ((RecordingGateway)host.Gateway).WaitAsync(3, Cancel)).Select(Text));
        Assert.True(SpinWait.SpinUntil(() => host.Cursor == "2026-01-01T00:00:10.000Z", TimeSpan.FromSeconds(5)));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
    }

    [Theory]
    [InlineData(":srv CAP * LS :server-time", "CAP REQ server-time", ":srv CAP * ACK :server-time", ":srv 001 assistant :Welcome", "irc.no-sasl")]
    [InlineData(":srv CAP * LS :sasl", "CAP REQ sasl", ":srv CAP * ACK :sasl", ":srv 904 * :SASL authentication failed", "channel.sign-in-refused")]
    public async Task An_account_that_cannot_sign_in_does_not_come(string offer, string request, string acknowledgement, string answer, string code)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var testing = IrcRig.NewChannel().TestAsync(ScriptSettings(server), Cancel);
        using var client = await server.AcceptTcpClientAsync(Cancel);
        var script = new Script(client);
        await script.ExpectAsync("CAP LS 302");
        await script.SayAsync(offer);
        await script.ExpectAsync(request);
        await script.SayAsync(acknowledgement, answer);

        var check = Assert.Single((await testing).Checks);

        Assert.Equal((false, code), (check.IsPassed, check.Detail.FirstCode));
        Assert.DoesNotContain("the password", $"{check}", StringComparison.Ordinal);
    }

    /// <summary>A message is heard that cannot be stored, and the server is killed.</summary>
    private static async Task HearAndLoseAsync(IrcRig rig, IChannelSession session)
    {
        var running = session.RunAsync(rig.Host, Cancel);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);
        rig.Gateway.FailsOn = _ => true;
        await rig.SayAsync(5001, "precious");
        Assert.True(SpinWait.SpinUntil(() => rig.Gateway.Offered.Count > 0, TimeSpan.FromSeconds(5)));
        await rig.Server.KillAsync();
        await Assert.ThrowsAsync<PhrasedException>(() => running);
        Assert.Empty(rig.Gateway.Stored);
    }

    private static SettingValues ScriptSettings(TcpListener server) => new([
        new("host", "127.0.0.1"), new("port", ((IPEndPoint)server.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)), new("security", "none"),
        new("nick", "assistant"), new("account", "lin"), new("password", "the password"), new("channels", "#room"),
    ]);

    private static OutboundMessage Message(IrcRig rig, string markdown)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(markdown), null, 1, false);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    /// <summary>A server that says what it is told to.</summary>
    private sealed class Script(TcpClient client)
    {
        private readonly StreamReader _reader = new(client.GetStream(), Encoding.UTF8);

        public async Task SayAsync(params string[] lines)
            => await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))), Cancel);

        public async Task<string> ExpectAsync(string beginning)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            end.CancelAfter(TimeSpan.FromSeconds(10));
            while (await _reader.ReadLineAsync(end.Token) is { } line)
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            throw new IOException($"The client hung up and never said: {beginning}");
        }
    }
}
