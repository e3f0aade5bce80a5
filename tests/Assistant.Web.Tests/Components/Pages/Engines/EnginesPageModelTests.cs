using Assistant.Domain.Ai;
using Assistant.Testing.Fakes;
using Assistant.Web.Components.Pages.Engines;
using Assistant.Web.Components.Pages.SetUp;
using Assistant.Web.Localization;

namespace Assistant.Web.Tests.Components.Pages.Engines;

public sealed class EnginesPageModelTests
{
    private readonly FakeEngines _engines = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_test_shows_what_the_engine_said()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Fields.Set("apiKey", "good");

        await model.Editor.TestAsync(Cancel);

        var check = Assert.Single(model.Editor.Checks!);
        Assert.True(check.IsPassed);
        Assert.Contains("Hello.", check.Detail.Words(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_test_shows_the_reason()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Fields.Set("apiKey", "bad");

        await model.Editor.TestAsync(Cancel);

        var check = Assert.Single(model.Editor.Checks!);
        Assert.False(check.IsPassed);
        Assert.Contains("refused", check.Detail.Words(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_is_forgotten_as_soon_as_something_else_is_typed()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Fields.Set("apiKey", "good");
        await model.Editor.TestAsync(Cancel);
        Assert.NotNull(model.Editor.Test);

        model.Editor.Fields.Set("apiKey", "bad");

        Assert.Null(model.Editor.Test);
    }

    [Fact]
    public async Task What_was_typed_while_a_test_ran_is_not_said_to_be_tested()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Fields.Set("apiKey", "good");
        _engines.OnTest = _ =>
        {
            model.Editor.Fields.Set("apiKey", "bad");
            return Task.CompletedTask;
        };

        await model.Editor.TestAsync(Cancel);

        Assert.Single(_engines.Tested);
        Assert.Null(model.Editor.Test);
    }

    [Fact]
    public async Task A_test_stays_when_what_was_tested_is_saved()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Fields.Set("apiKey", "good");
        await model.Editor.TestAsync(Cancel);

        Assert.True(await model.Editor.SaveAsync(Cancel));

        Assert.NotNull(model.Editor.Test);
    }

    [Fact]
    public async Task An_incomplete_form_is_not_sent()
    {
        var model = await ModelAsync();
        await model.OpenAsync(null, "cloud", Cancel);

        await model.Editor!.TestAsync(Cancel);

        Assert.Empty(_engines.Tested);
        Assert.NotNull(model.Editor.Fields.ProblemOf("apiKey"));
    }

    [Fact]
    public async Task A_fallback_can_be_asked_earlier_but_never_before_the_default()
    {
        var model = await ModelAsync();
        await AddAsync(model, "main", isDefault: true);
        await AddAsync(model, "one");
        await AddAsync(model, "two");

        await model.RiseAsync(model.Rows![2], Cancel);

        Assert.Equal(["main", "two", "one"], model.Rows.Select(row => row.Engine.Name));
        Assert.False(model.CanRise(model.Rows[1]));
    }

    [Fact]
    public async Task What_was_asked_to_come_earlier_since_it_was_opened_stays_there_when_it_is_saved()
    {
        var model = await ModelAsync();
        await AddAsync(model, "main", isDefault: true);
        await AddAsync(model, "one");
        await AddAsync(model, "two");
        await model.OpenAsync("two", null, Cancel);
        await model.RiseAsync(model.Rows!.Single(row => row.Engine.Name == "two"), Cancel);
        model.Editor!.Fields.Set("apiKey", "good");

        Assert.True(await model.Editor.SaveAsync(Cancel));

        await model.LoadAsync(Cancel);
        Assert.Equal(["main", "two", "one"], model.Rows!.Select(row => row.Engine.Name));
    }

    [Fact]
    public async Task A_new_engine_leaves_the_one_that_has_its_name_as_it_is()
    {
        var model = await ModelAsync();
        await AddAsync(model, "main", isDefault: true);
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Name = "main";
        model.Editor.Fields.Set("apiKey", "good");
        model.Editor.Fields.Set("baseUrl", "https://other.test");

        Assert.False(await model.Editor.SaveAsync(Cancel));

        Assert.Equal(SetUpTexts.NameTaken, model.Editor.NameProblem);
        Assert.NotEqual("https://other.test", (await Desk.FindAsync(Callers.Admin, "main", Cancel))!.Engine.Settings.Find("baseUrl"));
    }

    [Fact]
    public async Task What_was_deleted_since_it_was_opened_stays_deleted_when_it_is_saved()
    {
        var model = await ModelAsync();
        await AddAsync(model, "main", isDefault: true);
        await AddAsync(model, "spare");
        await model.OpenAsync("spare", null, Cancel);
        Assert.IsType<EngineOutcome.Deleted>(await Desk.DeleteAsync(Callers.Admin, "spare", Cancel));
        model.Editor!.Fields.Set("apiKey", "good");

        Assert.False(await model.Editor.SaveAsync(Cancel));

        Assert.Equal(SetUpTexts.EngineGone, model.Editor.Refusal);
        await model.LoadAsync(Cancel);
        Assert.Equal(["main"], model.Rows!.Select(row => row.Engine.Name));
    }

    [Fact]
    public async Task The_stand_in_can_be_stored_though_another_engine_took_its_place()
    {
        var model = await ModelAsync();
        await model.OpenAsync("embedded", null, Cancel);
        await AddAsync(await ModelAsync(), "main");
        model.Editor!.MakeDefault = true;

        Assert.True(await model.Editor.SaveAsync(Cancel));

        Assert.Equal("embedded", (await Desk.ListAsync(Callers.Admin, Cancel))[0].Engine.Name);
    }

    [Fact]
    public async Task The_default_is_kept_when_deleting_is_tried()
    {
        var model = await ModelAsync();
        await model.OpenAsync("embedded", null, Cancel);

        Assert.False(await model.Editor!.DeleteAsync(Cancel));

        Assert.NotNull(model.Editor.Refusal);
    }

    [Fact]
    public async Task The_engine_chosen_in_the_set_up_is_asked_first()
    {
        var rows = await Desk.ListAsync(Callers.Admin, Cancel);
        var step = new EngineStepModel(Desk, _engines, Callers.Admin, rows);
        Assert.Equal("embedded", step.ChosenType);

        step.Choose("cloud");
        step.Editor.Fields.Set("apiKey", "good");
        Assert.True(await step.UseAsync(Cancel));

        var first = (await Desk.ListAsync(Callers.Admin, Cancel))[0];
        Assert.Equal("cloud", first.Engine.Name);
        Assert.True(first.Engine.IsDefault);
    }

    private EngineDesk Desk => new(_engines, _engines, _engines, new OpenGuard(), TimeProvider.System);

    private async Task<EnginesPageModel> ModelAsync()
    {
        var model = new EnginesPageModel(Desk, _engines, Callers.Admin);
        await model.LoadAsync(Cancel);
        return model;
    }

    private static async Task AddAsync(EnginesPageModel model, string name, bool isDefault = false)
    {
        await model.OpenAsync(null, "cloud", Cancel);
        model.Editor!.Name = name;
        model.Editor.MakeDefault = isDefault;
        model.Editor.Fields.Set("apiKey", "good");
        Assert.True(await model.Editor.SaveAsync(Cancel));
        await model.OpenAsync(null, null, Cancel);
        await model.LoadAsync(Cancel);
    }
}
