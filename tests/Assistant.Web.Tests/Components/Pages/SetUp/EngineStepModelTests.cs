using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Testing.Fakes;
using Assistant.Web.Components.Pages.SetUp;

namespace Assistant.Web.Tests.Components.Pages.SetUp;

public sealed class EngineStepModelTests
{
    private readonly FakeEngines _engines = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_type_whose_name_another_engine_has_gets_a_free_one()
    {
        var desk = new EngineDesk(_engines, _engines, _engines, new OpenGuard(), TimeProvider.System);
        Assert.IsType<EngineOutcome.Saved>(await desk.SaveAsync(
            Callers.Admin, new EngineDraft("cloud", "embedded", SettingValues.Empty, IsDefault: true, 1), Cancel));
        var step = new EngineStepModel(desk, _engines, Callers.Admin, await desk.ListAsync(Callers.Admin, Cancel));

        step.Choose("cloud");
        step.Editor.Fields.Set("apiKey", "good");

        Assert.True(await step.UseAsync(Cancel));
        Assert.Equal(("cloud-2", "cloud"), (step.Editor.Existing?.Engine.Name, step.Editor.Existing?.Engine.Type));
    }
}
