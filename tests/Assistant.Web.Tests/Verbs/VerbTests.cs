using System.Data.Common;
using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Diagnostics;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class VerbTests
{
    private readonly FakeConnections _connections = new();
    private readonly FakeChannel _channel = new();
    private readonly InMemoryChatIdentityStore _identities = new(new InMemoryAuditLog());
    private readonly FakeEngines _engines = new();
    private readonly List<IDiagnostic> _diagnostics = [];
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(new string[0], "serve")]
    [InlineData(new[] { "--urls", "http://x" }, "serve")]
    [InlineData(new[] { "serve", "--urls", "http://x" }, "serve")]
    [InlineData(new[] { "--help" }, "help")]
    [InlineData(new[] { "serve", "--help" }, "help")]
    [InlineData(new[] { "serve", "-h" }, "help")]
    [InlineData(new[] { "channels", "list" }, "channels")]
    public void The_first_word_is_the_verb(string[] args, string verb) => Assert.Equal(verb, VerbLine.Parse(args).Name);

    [Fact]
    public void Json_may_stand_anywhere()
    {
        var line = VerbLine.Parse(["channels", "--json", "test", "tg"]);

        Assert.True(line.Json);
        Assert.Equal(["test", "tg"], line.Args);
    }

    [Fact]
    public void What_serves_takes_settings_in_either_form()
    {
        var line = VerbLine.Parse(["serve", "--urls", "http://x", "--environment=Production", "--Assistant__Database__Provider", "postgres", "--Logging:LogLevel:Default=a=b"]);

        Assert.True(line.IsServe);
        Assert.Equal(["--urls=http://x", "--environment=Production", "--Assistant:Database:Provider=postgres", "--Logging:LogLevel:Default=a=b"], line.Args);
    }

    [Theory]
    [InlineData("There is no option 'bogus' here.", "serve", "bogus")]
    [InlineData("There is no option 'urls' here.", "serve", "urls=http://x")]
    [InlineData("There is no option '--json' here.", "serve", "--json")]
    [InlineData("There is no option '--help' here.", "serve", "--urls", "http://x", "--help")]
    [InlineData("There is no option '--bogus' here.", "--bogus")]
    [InlineData("There is no option '--bogus' here.", "--bogus=1")]
    [InlineData("There is no option '-v' here.", "-v")]
    [InlineData("There is no option 'http://y' here.", "--urls", "http://x", "http://y")]
    [InlineData("The option '--urls' needs a value.", "--urls")]
    [InlineData("The option '--urls' needs a value.", "serve", "--urls=")]
    [InlineData("The option '--urls' needs a value.", "serve", "--urls", "--environment", "Production")]
    public async Task What_is_no_setting_is_wrong_use_and_serves_nothing(string message, params string[] args)
    {
        var line = VerbLine.Parse(args);

        Assert.False(line.IsServe);
        Assert.Equal(VerbExit.WrongUse, await VerbRunner.RunAsync(line, Streams(), _ => throw new InvalidOperationException("composed"), Cancel));
        Assert.StartsWith(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_verb_and_says_what_is_planned()
    {
        Assert.Equal(VerbExit.Fine, await RunAsync("help"));

        Assert.All(VerbTable.Available, verb => Assert.Contains(verb.Name, _out.ToString(), StringComparison.Ordinal));
        Assert.Contains("Planned, not available yet: memory", _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flows", "'flows' is not available yet.")]
    [InlineData("frobnicate", "There is no verb 'frobnicate'.")]
    public async Task What_is_planned_or_unknown_is_wrong_use_and_needs_no_application(string verb, string message)
    {
        var exit = await VerbRunner.RunAsync(
            VerbLine.Parse([verb]), Streams(), _ => throw new InvalidOperationException("composed"), Cancel);

        Assert.Equal(VerbExit.WrongUse, exit);
        Assert.StartsWith(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_cannot_be_composed_says_why_in_one_line()
    {
        var exit = await VerbRunner.RunAsync(
            VerbLine.Parse(["channels", "list"]), Streams(), _ => throw new InstallationException("The disk is gone."), Cancel);

        Assert.Equal(VerbExit.CannotStart, exit);
        Assert.Equal("Cannot start: The disk is gone.", _error.ToString().TrimEnd());
    }

    [Fact]
    public async Task A_verb_whose_work_the_database_refuses_says_why_in_one_line()
    {
        var services = new ServiceCollection().AddScoped<IVerb, RefusedVerb>();

        var exit = await VerbRunner.RunAsync(
            VerbLine.Parse(["channels", "list"]), Streams(), _ => Task.FromResult<IServiceProvider>(services.BuildServiceProvider()), Cancel);

        Assert.Equal(VerbExit.CannotStart, exit);
        var line = Assert.Single(_error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Cannot go on: The database refuses: The disk is full. ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_are_listed_for_people_and_for_programs()
    {
        Connect("tg", "good");

        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "list"));
        Assert.Equal(["NAME  TYPE  ACCESS   ENABLED  PROVISIONED", "tg    fake  pairing  yes      no"], Lines());
        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "list", "--json"));
        Assert.DoesNotContain("good", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_channel_test_says_what_to_do_and_ends_with_one()
    {
        Connect("tg", "bad");

        Assert.Equal(VerbExit.CheckFailed, await RunAsync("channels", "test", "tg"));
        Assert.Equal(["FAIL  tg: token: The token was tried.", "      → Copy it again."], Lines());
        Connect("tg", "good");
        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "test"));
    }

    [Theory]
    [InlineData("channels")]
    [InlineData("channels", "dance")]
    [InlineData("channels", "test", "unknown")]
    [InlineData("channels", "list", "--colour")]
    [InlineData("channels", "list", "--tenant")]
    [InlineData("channels", "list", "--tenant", "nobody")]
    [InlineData("channels", "test", "tg", "--tenant", "nobody")]
    [InlineData("engines", "list", "--tenant", "nobody")]
    [InlineData("engines", "test", "embedded", "embedded")]
    [InlineData("engines", "test", "unknown")]
    [InlineData("doctor", "please")]
    public async Task Wrong_use_ends_with_two_and_the_usage(params string[] args)
    {
        Assert.Equal(VerbExit.WrongUse, await RunAsync(args));
        Assert.NotEmpty(_error.ToString());
    }

    [Fact]
    public async Task Engines_are_tried()
    {
        Assert.Equal(VerbExit.Fine, await RunAsync("engines", "test", "--json"));

        var result = JsonDocument.Parse(_out.ToString()).RootElement[0];
        Assert.Equal(("embedded", true), (result.GetProperty("name").GetString(), result.GetProperty("passed").GetBoolean()));
    }

    [Fact]
    public async Task The_doctor_goes_on_after_a_part_that_breaks()
    {
        _diagnostics.Add(new Part(2, () => [Finding.Fine("second", "Works.")]));
        _diagnostics.Add(new Part(1, () => throw new InvalidOperationException("broken")));

        Assert.Equal(VerbExit.CheckFailed, await RunAsync("doctor"));

        Assert.Equal(
            ["FAIL  part: broken", "      → Mend the findings above first.", "ok    second: Works.", "1 to mend."], Lines());
    }

    [Fact]
    public async Task A_warning_alone_is_no_failure()
    {
        _diagnostics.Add(new Part(1, () => [Finding.Warning("channels", "None.", "Connect one.")]));

        Assert.Equal(VerbExit.Fine, await RunAsync("doctor", "--json"));

        var report = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.Equal("warning", report.GetProperty("findings")[0].GetProperty("level").GetString());
    }

    [Fact]
    public async Task The_doctor_tries_channels_and_engines()
    {
        Connect("tg", "bad");
        _diagnostics.Add(new ConnectionsDiagnostic(_connections, _channel, new FakeSchemaState(), TimeProvider.System));
        _diagnostics.Add(new EnginesDiagnostic(new FakeTenants(), _engines, _engines, new FakeSchemaState(), TimeProvider.System));

        Assert.Equal(VerbExit.CheckFailed, await RunAsync("doctor"));

        Assert.Contains("FAIL  channel tg: token: The token was tried.", Lines());
        Assert.Contains(Lines(), line => line.StartsWith("ok    engine embedded: Answers in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_doctor_tells_of_a_connection_whose_settings_do_not_open()
    {
        Connect("tg", "good");
        _connections.Put(_connections["tg"] with { Settings = SettingValues.Empty, Fault = Phrase.OfFault(new SealBrokenException("connections/tg/settings")) });
        _diagnostics.Add(new ConnectionsDiagnostic(_connections, _channel, new FakeSchemaState(), TimeProvider.System));

        Assert.Equal(VerbExit.CheckFailed, await RunAsync("doctor"));

        Assert.Contains(Lines(), line => line.StartsWith("FAIL  channel tg:", StringComparison.Ordinal) && line.Contains("does not open", StringComparison.Ordinal));
        Assert.Empty(_channel.Tested);
    }

    private void Connect(string name, string token) => _connections.Put(new Connection(
        new ConnectionId(name), TenantId.Default, "fake", name, AccessPolicy.Pairing, true, false,
        new SettingValues([KeyValuePair.Create("token", token)]), default, default));

    [Fact]
    public async Task The_key_of_a_web_chat_is_shown_and_replaced()
    {
        _connections.Put(new Connection(
            new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "web", AccessPolicy.Open, true, false, SettingValues.Empty, default, default));
        Connect("tg", "good");
        Assert.Equal(VerbExit.WrongUse, await RunAsync("channels", "key", "web"));
        Assert.Contains("has no key yet", _error.ToString(), StringComparison.Ordinal);
        await _identities.AddAsync((await _connections.FindAsync(new ConnectionId("web"), Cancel))!, new PlainKeyAgreement().Create().Private, Cancel);

        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "key", "web"));
        var first = _out.ToString();
        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "key", "web"));
        Assert.Equal(first, _out.ToString());

        Assert.Equal(VerbExit.Fine, await RunAsync("channels", "key", "web", "--replace"));
        Assert.NotEqual(first, _out.ToString());
        Assert.Matches("SAFETY NUMBER  \\d{5}( \\d{5}){5}", _out.ToString());
        Assert.Equal(VerbExit.WrongUse, await RunAsync("channels", "key", "tg", "--replace"));
        Assert.Equal(VerbExit.WrongUse, await RunAsync("channels", "key"));
    }

    private string[] Lines() => _out.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private VerbStreams Streams() => new(TextReader.Null, _out, _error);

    private async Task<int> RunAsync(params string[] args)
    {
        _out.GetStringBuilder().Clear();
        var services = new ServiceCollection()
            .AddSingleton(new ConnectionDesk(_connections, _channel, _channel, _channel, new OpenGuard(), new RecordedSignals(), TimeProvider.System))
            .AddSingleton(Keys())
            .AddSingleton(new EngineDesk(_engines, _engines, _engines, new OpenGuard(), TimeProvider.System))
            .AddSingleton<ITenantDirectory>(new FakeTenants())
            .AddScoped<IVerb, ChannelsVerb>().AddScoped<IVerb, EnginesVerb>().AddScoped<IVerb>(_ => new DoctorVerb(_diagnostics));
        return await VerbRunner.RunAsync(
            VerbLine.Parse(args), Streams(), _ => Task.FromResult<IServiceProvider>(services.BuildServiceProvider()), Cancel);
    }

    private ChatKeyDesk Keys()
    {
        var agreement = new PlainKeyAgreement();
        return new(new ChatIdentities(_identities, _connections, agreement), _identities, agreement, new OpenGuard(), TimeProvider.System);
    }

    private sealed class RefusedVerb : IVerb
    {
        public string Name => "channels";

        public string Usage => "channels list";

        public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
            => Task.FromException<int>(new InvalidOperationException("Saving failed.", new FullDiskException()));
    }

    private sealed class FullDiskException() : DbException("The disk is full.");

    private sealed class Part(int order, Func<IReadOnlyList<Finding>> run) : IDiagnostic
    {
        public int Order => order;

        public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult(run());
    }
}
