using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components.Pages.SetUp;

namespace Assistant.Web.Tests.Components.Pages.SetUp;

public sealed class SetUpProgressTests
{
    [Theory]
    [InlineData("embedded", "cloud", false)] // never asked: the one before it does not fail
    [InlineData("cloud", "embedded", true)]
    public void An_engine_is_set_up_when_it_is_the_one_asked_first(string first, string second, bool isDone)
    {
        var progress = new SetUpProgress([Row(first, isDefault: true), Row(second, isDefault: false)], []);

        Assert.Equal((isDone, isDone), (progress.HasEngine, progress.IsDone(SetUpStep.Engine)));
    }

    private static EngineRow Row(string type, bool isDefault) => new(
        new Engine(type, TenantId.Default, type, SettingValues.Empty, isDefault, Order: 0, IsProvisioned: false, DateTimeOffset.UnixEpoch), null, [], null);
}
