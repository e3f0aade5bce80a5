using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Pages.Connections;
using Assistant.Web.Localization;

namespace Assistant.Web.Tests.Components.Pages.Connections;

public sealed class ConnectionsPageModelTests
{
    private readonly FakeConnections _store = new();
    private readonly FakeChannel _channel = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_connection_is_tried_and_saved_with_the_safe_policy()
    {
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync(null, "fake", Cancel);
        var editor = model.Editor!;
        editor.Fields.Set("token", "good");

        await editor.TestAsync(Cancel);
        Assert.True(editor.Test!.IsPassed);
        Assert.True(await editor.SaveAsync(Cancel));

        Assert.Equal("good", _store["fake"].Settings.Find("token"));
        Assert.Equal(AccessPolicy.Pairing, _store["fake"].Access);
        Assert.False(editor.IsChanged);
        Assert.True(editor.Fields.ShowsAsSet(_channel.Manifest.Settings[0]));
    }

    [Fact]
    public async Task What_is_typed_for_a_new_connection_is_not_lost_by_leaving()
    {
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync(null, "fake", Cancel);
        var editor = model.Editor!;
        Assert.True(editor.IsChanged);
        Assert.False(editor.HasTyping);

        editor.Name = "mine";
        editor.Fields.Set("token", "good");
        Assert.True(editor.HasTyping);

        Assert.True(await editor.SaveAsync(Cancel));
        Assert.False(editor.HasTyping);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_not_offered()
    {
        Put("fake");
        var model = await ModelAsync(Callers.Admin);

        await model.OpenAsync(null, "fake", Cancel);

        Assert.Equal("fake-2", model.Editor!.Name);
    }

    [Fact]
    public async Task A_new_connection_leaves_the_one_that_has_its_name_as_it_is()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync(null, "fake", Cancel);
        var editor = model.Editor!;
        editor.Name = "tg";
        editor.Fields.Set("token", "good");

        Assert.False(await editor.SaveAsync(Cancel));

        Assert.Equal(SetUpTexts.NameTaken, editor.NameProblem);
        Assert.Equal(("tg", "kept"), (_store["tg"].DisplayName, _store["tg"].Settings.Find("token")));
    }

    [Fact]
    public async Task What_was_deleted_since_it_was_opened_stays_deleted_when_it_is_saved()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync("tg", null, Cancel);
        var colleagues = await ModelAsync(Callers.Admin);
        await colleagues.OpenAsync("tg", null, Cancel);
        Assert.True(await colleagues.Editor!.DeleteAsync(Cancel));
        model.Editor!.Fields.Set("token", "good");

        Assert.False(await model.Editor.SaveAsync(Cancel));

        Assert.Equal(SetUpTexts.ConnectionGone, model.Editor.Refusal);
        await model.LoadAsync(Cancel);
        Assert.Empty(model.Rows!);
    }

    [Fact]
    public async Task Renaming_keeps_the_stored_secret()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync("tg", null, Cancel);
        model.Editor!.Title = "Help desk";

        Assert.True(await model.Editor.SaveAsync(Cancel));

        Assert.Equal("Help desk", _store["tg"].DisplayName);
        Assert.Equal("kept", _store["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task A_new_address_asks_for_the_secret_again_in_its_place()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync("tg", null, Cancel);
        model.Editor!.Fields.Set("baseUrl", "https://elsewhere.test");

        Assert.False(await model.Editor.SaveAsync(Cancel));

        Assert.NotNull(model.Editor.Fields.ProblemOf("token"));
        Assert.Equal("https://example.test", _store["tg"].Settings.Find("baseUrl") ?? "https://example.test");
    }

    [Fact]
    public async Task What_a_file_declares_can_be_tried_but_not_changed()
    {
        Put("tg", isProvisioned: true);
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync("tg", null, Cancel);

        Assert.True(model.Editor!.IsReadOnly);
        await model.Editor.TestAsync(Cancel);
        Assert.False(await model.Editor.DeleteAsync(Cancel));

        Assert.NotNull(model.Editor.Test);
        Assert.NotNull(model.Editor.Refusal);
        Assert.Equal("tg", _store["tg"].Id.Value);
    }

    [Fact]
    public async Task An_operator_reads_but_changes_nothing()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Of(Roles.Operator));

        await model.OpenAsync("tg", null, Cancel);
        Assert.True(model.Editor!.IsReadOnly);
        Assert.False(model.Editor.MayTest);

        await model.OpenAsync(null, "fake", Cancel);
        Assert.Null(model.Editor);
    }

    [Fact]
    public async Task An_address_of_something_gone_says_so()
    {
        var model = await ModelAsync(Callers.Admin);

        await model.OpenAsync("never", null, Cancel);

        Assert.True(model.IsMissing);
    }

    [Fact]
    public async Task Switching_off_is_stored_and_shown()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);

        await model.SwitchAsync(model.Rows![0], isEnabled: false, Cancel);

        Assert.False(_store["tg"].IsEnabled);
        Assert.False(model.Rows[0].Connection.IsEnabled);
    }

    [Fact]
    public async Task What_was_switched_off_since_it_was_opened_stays_off_when_it_is_saved()
    {
        Put("tg");
        var model = await ModelAsync(Callers.Admin);
        await model.OpenAsync("tg", null, Cancel);
        await model.SwitchAsync(model.Rows![0], isEnabled: false, Cancel);
        model.Editor!.Title = "Help desk";

        Assert.True(await model.Editor.SaveAsync(Cancel));

        Assert.Equal((false, "Help desk"), (_store["tg"].IsEnabled, _store["tg"].DisplayName));
    }

    private async Task<ConnectionsPageModel> ModelAsync(Caller caller)
    {
        var desk = new ConnectionDesk(_store, _channel, _channel, _channel, new OpenGuard(), new InMemoryLiveFeed(), TimeProvider.System);
        var model = new ConnectionsPageModel(desk, _channel, caller);
        await model.LoadAsync(Cancel);
        return model;
    }

    private void Put(string name, bool isProvisioned = false) => _store.Put(new Connection(
        new ConnectionId(name), TenantId.Default, "fake", name, AccessPolicy.Open, true, isProvisioned,
        new SettingValues([KeyValuePair.Create("token", "kept")]), default, default));
}
