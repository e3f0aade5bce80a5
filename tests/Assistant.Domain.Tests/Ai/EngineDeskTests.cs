using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Ai;

public sealed class EngineDeskTests
{
    private readonly FakeEngines _engines = new();
    private readonly OpenGuard _guard = new();
    private readonly EngineDesk _desk;

    public EngineDeskTests() => _desk = new(_engines, _engines, _engines, _guard, new FakeTimeProvider());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_engine_is_the_default_in_place_of_the_stand_in()
    {
        await SaveAsync(Draft("main"));

        var only = Assert.Single(await _desk.ListAsync(Callers.Admin, Cancel));
        Assert.Equal(("main", true), (only.Engine.Name, only.Engine.IsDefault));
    }

    [Fact]
    public async Task A_new_default_replaces_the_old_one()
    {
        await SaveAsync(Draft("first"));
        await SaveAsync(Draft("main", isDefault: true));

        Assert.Equal(["main", "first"], (await _desk.ListAsync(Callers.Admin, Cancel)).Select(e => e.Engine.Name));
        Assert.IsType<EngineOutcome.Saved>(await _desk.SetDefaultAsync(Callers.Admin, "first", Cancel));
        Assert.Equal(["first", "main"], (await _desk.ListAsync(Callers.Admin, Cancel)).Select(e => e.Engine.Name));
    }

    [Fact]
    public async Task What_changed_is_told()
    {
        await SaveAsync(Draft("first"));
        await SaveAsync(Draft("main"));

        await _desk.SetDefaultAsync(Callers.Admin, "main", Cancel);

        Assert.Equal([new("default", "false", "true")], AuditChanges.Read(_engines.Audited[^1].Details));
    }

    [Fact]
    public async Task Saving_the_default_again_does_not_take_the_default_away()
    {
        await SaveAsync(Draft("main", isDefault: true));

        await SaveAsync(Draft("main", isDefault: false));

        Assert.True((await _desk.FindAsync(Callers.Admin, "main", Cancel))?.Engine.IsDefault);
    }

    [Fact]
    public async Task The_default_is_deleted_last_and_then_the_embedded_engine_stands_in()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));

        Assert.IsType<EngineOutcome.IsDefault>(await _desk.DeleteAsync(Callers.Admin, "main", Cancel));
        Assert.IsType<EngineOutcome.Deleted>(await _desk.DeleteAsync(Callers.Admin, "spare", Cancel));
        Assert.IsType<EngineOutcome.NotFound>(await _desk.DeleteAsync(Callers.Admin, "spare", Cancel));
        Assert.IsType<EngineOutcome.Deleted>(await _desk.DeleteAsync(Callers.Admin, "main", Cancel));
        Assert.True(Assert.Single(await _desk.ListAsync(Callers.Admin, Cancel)).Engine.IsStandIn);
    }

    [Fact]
    public async Task A_key_is_kept_when_blank_never_shown_and_never_moved_to_a_new_address()
    {
        await SaveAsync(Draft("main"));

        Assert.IsType<EngineOutcome.Saved>(await SaveAsync(Draft("main", key: null)));
        var moved = await SaveAsync(Draft("main", key: null, url: "https://evil.test"));
        var row = await _desk.FindAsync(Callers.Admin, "main", Cancel);

        Assert.Equal("apiKey", Assert.Single(Assert.IsType<EngineOutcome.Invalid>(moved).Problems).Key);
        Assert.Null(row!.Engine.Settings.Find("apiKey"));
        Assert.True(Assert.Single(row.Settings, s => s.Field.Key == "apiKey").IsSet);
    }

    [Fact]
    public async Task What_the_file_declares_is_changed_in_the_file()
    {
        await SaveAsync(Draft("mine"));
        await _engines.PutAsync(
            new("declared", Callers.Admin.Tenant, "cloud", SettingValues.Empty, IsDefault: true, 0, IsProvisioned: true, default),
            _engines.Audited[0], Cancel);

        Assert.IsType<EngineOutcome.Provisioned>(await SaveAsync(Draft("declared")));
        Assert.IsType<EngineOutcome.Provisioned>(await _desk.DeleteAsync(Callers.Admin, "declared", Cancel));
        Assert.IsType<EngineOutcome.Provisioned>(await _desk.SetDefaultAsync(Callers.Admin, "mine", Cancel));
        Assert.IsType<EngineOutcome.Provisioned>(await SaveAsync(Draft("mine", isDefault: true)));
        Assert.IsType<EngineOutcome.Saved>(await SaveAsync(Draft("mine")));
    }

    [Fact]
    public async Task A_new_engine_does_not_replace_the_one_that_has_its_name()
    {
        await SaveAsync(Draft("main") with { Purpose = DraftPurpose.Create });

        Assert.IsType<EngineOutcome.NameTaken>(await SaveAsync(Draft("main", url: "https://other.test") with { Purpose = DraftPurpose.Create }));

        Assert.Null((await _desk.FindAsync(Callers.Admin, "main", Cancel))!.Engine.Settings.Find("baseUrl"));
    }

    [Fact]
    public async Task The_name_of_the_stand_in_is_free()
        => Assert.IsType<EngineOutcome.Saved>(await SaveAsync(
            new("embedded", "embedded", SettingValues.Empty, IsDefault: false, Order: 0, DraftPurpose.Create)));

    [Fact]
    public async Task A_change_does_not_bring_back_what_was_deleted()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        var change = Draft("spare") with { Purpose = DraftPurpose.Change };
        Assert.IsType<EngineOutcome.Saved>(await SaveAsync(change));
        await _desk.DeleteAsync(Callers.Admin, "spare", Cancel);

        Assert.IsType<EngineOutcome.NotFound>(await SaveAsync(change));

        Assert.Null(await _desk.FindAsync(Callers.Admin, "spare", Cancel));
    }

    [Fact]
    public async Task A_key_stored_meanwhile_is_replaced_with_proof_alone()
    {
        await SaveAsync(Draft("main"));
        var main = await StoredAsync("main");
        Meanwhile(() => _engines.Put(main with { Name = "spare", IsDefault = false }));

        Assert.IsType<EngineOutcome.Saved>(await SaveAsync(Draft("spare", key: "better")));

        Assert.Equal(SensitiveOperations.EngineSecret, Assert.Single(_guard.Demanded).What);
        Assert.Equal("better", (await StoredAsync("spare")).Settings.Find("apiKey"));
    }

    [Fact]
    public async Task A_change_of_the_default_does_not_take_it_back_from_who_got_it_meanwhile()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        var spare = await StoredAsync("spare");
        Meanwhile(() => _engines.Put(spare with { IsDefault = true }));

        await SaveAsync(Draft("main") with { Order = 3 });

        Assert.Equal([("spare", true), ("main", false)], (await _desk.ListAsync(Callers.Admin, Cancel)).Select(e => (e.Engine.Name, e.Engine.IsDefault)));
    }

    [Fact]
    public async Task What_is_deleted_meanwhile_does_not_become_the_default()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        Meanwhile(() => _engines.Remove(Callers.Admin.Tenant, "spare"));

        Assert.IsType<EngineOutcome.NotFound>(await _desk.SetDefaultAsync(Callers.Admin, "spare", Cancel));

        Assert.True(Assert.Single(await _desk.ListAsync(Callers.Admin, Cancel)).Engine is { Name: "main", IsDefault: true });
    }

    [Fact]
    public async Task What_becomes_the_default_meanwhile_is_not_deleted()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        var spare = await StoredAsync("spare");
        Meanwhile(() => _engines.Put(spare with { IsDefault = true }));

        Assert.IsType<EngineOutcome.IsDefault>(await _desk.DeleteAsync(Callers.Admin, "spare", Cancel));

        Assert.True((await StoredAsync("spare")).IsDefault);
    }

    [Fact]
    public async Task The_default_the_file_declared_meanwhile_stays_one()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        var main = await StoredAsync("main");
        Meanwhile(() => _engines.Put(main with { Name = "declared", IsProvisioned = true }));

        Assert.IsType<EngineOutcome.Provisioned>(await _desk.SetDefaultAsync(Callers.Admin, "spare", Cancel));

        Assert.True((await StoredAsync("declared")).IsDefault);
    }

    [Fact]
    public async Task A_change_is_given_up_when_others_are_faster_every_time()
    {
        await SaveAsync(Draft("main"));
        await SaveAsync(Draft("spare"));
        var (spare, audited) = (await StoredAsync("spare"), _engines.Audited.Count);
        var later = spare.UpdatedAt;
        _engines.OnList = () => _engines.Put(spare with { UpdatedAt = later = later.AddMilliseconds(1) });

        Assert.IsType<EngineOutcome.ChangedMeanwhile>(await SaveAsync(Draft("spare")));
        Assert.IsType<EngineOutcome.ChangedMeanwhile>(await _desk.SetDefaultAsync(Callers.Admin, "spare", Cancel));
        Assert.IsType<EngineOutcome.ChangedMeanwhile>(await _desk.DeleteAsync(Callers.Admin, "spare", Cancel));

        Assert.Equal(audited, _engines.Audited.Count);
    }

    [Fact]
    public async Task An_engine_is_tried_with_its_stored_key_and_says_why_it_failed()
    {
        await SaveAsync(Draft("good"));
        await SaveAsync(Draft("bad", key: "bad"));

        Assert.True(Assert.IsType<EngineTestOutcome.Tested>(await _desk.TestAsync(Callers.Admin, "good", Cancel)).Test.IsPassed);
        Assert.NotNull(Assert.IsType<EngineTestOutcome.Tested>(await _desk.TestAsync(Callers.Admin, "bad", Cancel)).Test.Problem);
        Assert.Equal("https://cloud.test/v1", _engines.Tested[0].Find("baseUrl"));
        Assert.IsType<EngineTestOutcome.NotFound>(await _desk.TestAsync(Callers.Of(Roles.Admin, tenant: "other"), "good", Cancel));
    }

    [Fact]
    public async Task An_operator_sees_engines_and_changes_none()
    {
        var op = Callers.Of(Roles.Operator);

        Assert.Single(await _desk.ListAsync(op, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.SaveAsync(op, Draft("main"), Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.DeleteAsync(op, "main", Cancel));
    }

    /// <summary>Somebody else acts between the next reading and what is stored after it.</summary>
    private void Meanwhile(Action act) => _engines.OnList = () =>
    {
        _engines.OnList = null;
        act();
    };

    private async Task<Engine> StoredAsync(string name) => (await _engines.ListAsync(Callers.Admin.Tenant, Cancel)).Single(e => e.Name == name);

    private Task<EngineOutcome> SaveAsync(EngineDraft draft) => _desk.SaveAsync(Callers.Admin, draft, Cancel);

    private static EngineDraft Draft(string name, string? key = "good", string? url = null, bool isDefault = false)
    {
        var settings = new Dictionary<string, string>();
        if (key is not null)
        {
            settings["apiKey"] = key;
        }

        if (url is not null)
        {
            settings["baseUrl"] = url;
        }

        return new(name, "cloud", new SettingValues(settings), isDefault, Order: 0);
    }
}
