using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Web.Components.Pages.SetUp;
using Assistant.Web.Tests.Console;
using Assistant.Web.Tests.Localization;

namespace Assistant.Web.Tests.Components.Pages.SetUp;

public sealed class SetUpProgressTests
{
    [Theory]
    [InlineData("embedded", "cloud", false)] // never asked: the one before it does not fail
    [InlineData("cloud", "embedded", true)]
    public void An_engine_is_set_up_when_it_is_the_one_asked_first(string first, string second, bool isDone)
    {
        var progress = new SetUpProgress([EngineRowOf(first, isDefault: true), EngineRowOf(second, isDefault: false)], []);

        Assert.Equal((isDone, isDone), (progress.HasEngine, progress.IsDone(SetUpStep.Engine)));
    }

    [Fact]
    public void Web_chat_is_spoken_of_only_while_it_is_on()
    {
        using var _ = new SpokenLanguage("en");
        var (on, off) = (With(ConnectionRowOf("webchat", isEnabled: true)), With(ConnectionRowOf("webchat", isEnabled: false)));
        var messenger = With(ConnectionRowOf("webchat", isEnabled: false), ConnectionRowOf("telegram", isEnabled: true));

        Assert.All([on.MessengerWhy, on.DoneWhy], why => Assert.Contains("eb chat", why, StringComparison.Ordinal));
        Assert.DoesNotContain("eb chat", off.MessengerWhy, StringComparison.Ordinal);
        Assert.StartsWith("Connect a messenger or switch web chat on", off.DoneWhy, StringComparison.Ordinal);
        Assert.StartsWith("Write to it on a connected messenger", messenger.DoneWhy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_messenger_is_offered_also_when_its_accounts_are_anybodys()
    {
        Assert.True(SetUpProgress.Offers(new FakeChannel().Manifest)); // as email: no page of one provider, but a server to name
        Assert.True(SetUpProgress.Offers(StageChannels.Telegram));
        Assert.False(SetUpProgress.Offers(StageChannels.WebChat));
    }

    [Fact]
    public async Task Whoever_may_do_one_step_sees_that_one_and_that_the_other_is_somebody_elses()
    {
        var messengers = await ReadAsync(Permissions.ChannelsRead, Permissions.ChannelsManage);
        var engines = await ReadAsync(Permissions.EnginesRead, Permissions.EnginesManage);
        var reader = await ReadAsync(Permissions.EnginesRead, Permissions.ChannelsManage);

        Assert.Equal((false, true, true), (messengers.IsForAnother(SetUpStep.Messenger), messengers.IsForAnother(SetUpStep.Engine), messengers.First is null));
        Assert.Equal((true, false, false), (engines.IsForAnother(SetUpStep.Messenger), engines.IsForAnother(SetUpStep.Engine), engines.First is null));
        Assert.Equal((true, true, false), (reader.IsForAnother(SetUpStep.Access), reader.IsForAnother(SetUpStep.Engine), reader.First is null));
        Assert.False(messengers.IsDone(SetUpStep.Engine)); // nor is what is not seen called done
    }

    private static async Task<SetUpProgress> ReadAsync(params string[] permissions)
    {
        var (engines, channel) = (new FakeEngines(), new FakeChannel());
        var engineDesk = new EngineDesk(engines, engines, engines, new OpenGuard(), TimeProvider.System);
        await engineDesk.SaveAsync(Callers.Admin, new EngineDraft("cloud", "embedded", SettingValues.Empty, IsDefault: true, 1), TestContext.Current.CancellationToken);
        var connectionDesk = new ConnectionDesk(new FakeConnections(), channel, channel, channel, new OpenGuard(), new RecordedSignals(), TimeProvider.System);
        var caller = Callers.Admin with { Permissions = permissions.ToHashSet(StringComparer.Ordinal) };
        return await SetUpProgress.ReadAsync(engineDesk, connectionDesk, caller, TestContext.Current.CancellationToken);
    }

    private static SetUpProgress With(params ConnectionRow[] connections) => new([EngineRowOf("embedded", isDefault: true)], connections);

    private static ConnectionRow ConnectionRowOf(string type, bool isEnabled) => new(
        new Connection(
            new ConnectionId(type), TenantId.Default, type, type, AccessPolicy.Pairing, isEnabled, IsProvisioned: false, SettingValues.Empty, default, default),
        null, [], null);

    private static EngineRow EngineRowOf(string type, bool isDefault) => new(
        new Engine(type, TenantId.Default, type, SettingValues.Empty, isDefault, Order: 0, IsProvisioned: false, DateTimeOffset.UnixEpoch), null, [], null);
}
