using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class ConnectionDeskTests
{
    private readonly FakeConnections _store = new();
    private readonly FakeChannel _channel = new();
    private readonly RecordedSignals _signals = new();
    private readonly OpenGuard _guard = new();
    private readonly ConnectionDesk _desk;

    public ConnectionDeskTests()
        => _desk = new(_store, _channel, _channel, _channel, _guard, _signals, new FakeTimeProvider(DateTimeOffset.UnixEpoch));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_saved_connection_is_stored_audited_and_its_session_refreshed()
    {
        var outcome = await SaveAsync("tg", ("token", "good"));

        var row = Assert.IsType<ConnectionOutcome.Saved>(outcome).Row;
        Assert.Equal("good", _store["tg"].Settings.Find("token"));
        Assert.Equal(AuditActions.ConnectionSaved, Assert.Single(_store.Audited).Action);
        Assert.Equal(["tg"], _channel.Refreshed.Select(c => c.Value));
        Assert.Equal(["ConnectionChanged"], _signals.Log);
        Assert.Equal("tg", row.Connection.DisplayName);
    }

    [Theory]
    [InlineData(201, "x")]
    [InlineData(1, "\0")]
    [InlineData(1, "a\u202Eb")]
    [InlineData(1, "a\nb")]
    public async Task A_name_people_see_that_cannot_be_stored_or_seen_is_a_problem(int times, string letter)
    {
        var draft = new ConnectionDraft(
            "tg", "fake", string.Concat(Enumerable.Repeat(letter, times)), AccessPolicy.Open, IsEnabled: true, new SettingValues([KeyValuePair.Create("token", "good")]));

        var invalid = Assert.IsType<ConnectionOutcome.Invalid>(await _desk.SaveAsync(Callers.Admin, draft, Cancel));

        Assert.Equal("displayName", Assert.Single(invalid.Problems).Key);
        Assert.Empty(_store.Audited);
        Assert.IsType<ConnectionOutcome.Saved>(await _desk.SaveAsync(Callers.Admin, draft with { DisplayName = $" {new string('x', 200)} " }, Cancel));
    }

    [Fact]
    public async Task An_address_is_stored_without_the_blanks_around_it_and_is_the_same_with_them()
    {
        await SaveAsync("tg", ("token", "good"), ("baseUrl", " https://messenger.example \t"));
        Assert.Equal("https://messenger.example", _store["tg"].Settings.Find("baseUrl"));

        // Stored before, with a blank: its secret goes where it went.
        _store.Put(_store["tg"] with { Settings = new SettingValues([new("token", "good"), new("baseUrl", "https://messenger.example ")]) });
        Assert.IsType<ConnectionOutcome.Saved>(await SaveAsync("tg", ("baseUrl", "https://messenger.example")));
        Assert.Equal("good", _store["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task What_a_connection_needs_is_made_when_it_is_stored_and_before_it_runs()
    {
        List<ConnectionId> whenRefreshed = [];
        _channel.OnRefresh = () => whenRefreshed = [.. _channel.Prepared];

        await SaveAsync("tg", ("token", "good"));
        Assert.Equal(["tg"], whenRefreshed.Select(c => c.Value));
        await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel);

        Assert.Equal(["tg", "tg"], _channel.Prepared.Select(c => c.Value));
    }

    [Fact]
    public async Task What_changed_is_told_and_no_secret()
    {
        await SaveAsync("tg", ("token", "good"));

        await SaveAsync("tg", ("token", "better"), ("mode", "webhook"));

        Assert.Equal(
            [new("mode", null, "webhook"), new("token", AuditChanges.Secret, AuditChanges.Secret)], AuditChanges.Read(_store.Audited[^1].Details));
        await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel);
        Assert.Equal([new("enabled", "true", "false")], AuditChanges.Read(_store.Audited[^1].Details));
    }

    [Fact]
    public async Task Nobody_gets_a_secret_back()
    {
        await SaveAsync("tg", ("token", "good"), ("mode", "webhook"));

        var row = Assert.Single(await _desk.ListAsync(Callers.Admin, Cancel));

        Assert.Null(row.Connection.Settings.Find("token"));
        var token = Assert.Single(row.Settings, s => s.Field.Key == "token");
        Assert.True(token.IsSet);
        Assert.Null(token.Value);
        Assert.Equal("webhook", Assert.Single(row.Settings, s => s.Field.Key == "mode").Value);
        Assert.DoesNotContain(_store.Audited, a => a.Details.Values.Contains("good"));
    }

    [Fact]
    public async Task A_secret_left_blank_is_kept()
    {
        await SaveAsync("tg", ("token", "good"));

        Assert.IsType<ConnectionOutcome.Saved>(await SaveAsync("tg", ("token", " "), ("mode", "webhook")));

        Assert.Equal("good", _store["tg"].Settings.Find("token"));
        Assert.Equal("webhook", _store["tg"].Settings.Find("mode"));
    }

    [Fact]
    public async Task A_kept_secret_is_not_sent_to_a_new_address()
    {
        await SaveAsync("tg", ("token", "good"));

        var saved = await SaveAsync("tg", ("baseUrl", "https://evil.test"));
        var tested = await _desk.TestAsync(Callers.Admin, Draft("tg", ("baseUrl", "https://evil.test")), Cancel);

        var problem = Assert.Single(Assert.IsType<ConnectionOutcome.Invalid>(saved).Problems);
        Assert.Equal("token", problem.Key);
        Assert.StartsWith("Enter 'Token' again: 'Address' changed", problem.Text.English, StringComparison.Ordinal);
        Assert.StartsWith("请重新输入“令牌”：“地址”已更改", problem.Text.Chinese, StringComparison.Ordinal);
        Assert.Equal("token", Assert.Single(Assert.IsType<ConnectionTestOutcome.Invalid>(tested).Problems).Key);
        Assert.Empty(_channel.Tested);
    }

    [Fact]
    public async Task The_default_address_written_out_is_not_a_new_address()
    {
        await SaveAsync("tg", ("token", "good"));

        Assert.IsType<ConnectionOutcome.Saved>(await SaveAsync("tg", ("baseUrl", "https://example.test")));
    }

    [Fact]
    public async Task Wrong_settings_are_named_one_by_one()
    {
        var outcome = await SaveAsync("tg", ("mode", "pigeon"), ("colour", "red"));

        Assert.Equal(["colour", "mode", "token"], Assert.IsType<ConnectionOutcome.Invalid>(outcome).Problems.Select(p => p.Key).Order());
        Assert.Empty(_store.Audited);
    }

    [Fact]
    public async Task A_wrong_name_and_an_unknown_type_are_both_told()
    {
        var outcome = await _desk.SaveAsync(Callers.Admin, Draft("Not A Slug") with { ChannelType = "pigeon" }, Cancel);

        Assert.Equal(["name", "type"], Assert.IsType<ConnectionOutcome.Invalid>(outcome).Problems.Select(p => p.Key));
    }

    [Fact]
    public async Task A_provisioned_connection_is_read_only()
    {
        await SaveAsync("tg", ("token", "good"));
        _store.Put(_store["tg"] with { IsProvisioned = true });

        Assert.IsType<ConnectionOutcome.Provisioned>(await SaveAsync("tg", ("token", "other")));
        Assert.IsType<ConnectionOutcome.Provisioned>(await _desk.SetEnabledAsync(Callers.Admin, "tg", false, Cancel));
        Assert.IsType<ConnectionOutcome.Provisioned>(await _desk.DeleteAsync(Callers.Admin, "tg", Cancel));
        Assert.Equal("good", _store["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task Another_tenants_connection_is_invisible_and_keeps_its_name()
    {
        await SaveAsync("tg", ("token", "good"));
        var stranger = Callers.Of(Roles.Admin, tenant: "other");

        Assert.Empty(await _desk.ListAsync(stranger, Cancel));
        Assert.Null(await _desk.FindAsync(stranger, "tg", Cancel));
        Assert.IsType<ConnectionOutcome.NameTaken>(await _desk.SaveAsync(stranger, Draft("tg", ("token", "x")), Cancel));
        Assert.IsType<ConnectionOutcome.NotFound>(await _desk.DeleteAsync(stranger, "tg", Cancel));
        Assert.IsType<ConnectionTestOutcome.NotFound>(await _desk.TestAsync(stranger, "tg", Cancel));
    }

    [Fact]
    public async Task A_new_connection_does_not_replace_the_one_that_has_its_name()
    {
        await SaveAsync("tg", ("token", "good"));

        var taken = await _desk.SaveAsync(Callers.Admin, Draft("tg", ("token", "other")) with { Purpose = DraftPurpose.Create }, Cancel);
        var free = await _desk.SaveAsync(Callers.Admin, Draft("tg-2", ("token", "other")) with { Purpose = DraftPurpose.Create }, Cancel);

        Assert.IsType<ConnectionOutcome.NameTaken>(taken);
        Assert.IsType<ConnectionOutcome.Saved>(free);
        Assert.Equal("good", _store["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task A_change_does_not_bring_back_what_was_deleted()
    {
        await SaveAsync("tg", ("token", "good"));
        var change = Draft("tg", ("token", "good"), ("mode", "webhook")) with { Purpose = DraftPurpose.Change };
        Assert.IsType<ConnectionOutcome.Saved>(await _desk.SaveAsync(Callers.Admin, change, Cancel));
        await _desk.DeleteAsync(Callers.Admin, "tg", Cancel);

        Assert.IsType<ConnectionOutcome.NotFound>(await _desk.SaveAsync(Callers.Admin, change, Cancel));

        Assert.Empty(await _desk.ListAsync(Callers.Admin, Cancel));
    }

    [Fact]
    public async Task A_switch_keeps_what_somebody_else_changed_meanwhile()
    {
        await SaveAsync("tg", ("token", "good"));
        Meanwhile(() => PutLater(_store["tg"] with { Access = AccessPolicy.Blocked }));

        Assert.IsType<ConnectionOutcome.Saved>(await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel));

        Assert.Equal((AccessPolicy.Blocked, false), (_store["tg"].Access, _store["tg"].IsEnabled));
        Assert.Equal([new("enabled", "true", "false")], AuditChanges.Read(_store.Audited[^1].Details));
    }

    [Fact]
    public async Task A_secret_stored_meanwhile_is_replaced_with_proof_alone()
    {
        await SaveAsync("other", ("token", "good"));
        Meanwhile(() => _store.Put(_store["other"] with { Id = new ConnectionId("tg") }));

        Assert.IsType<ConnectionOutcome.Saved>(await SaveAsync("tg", ("token", "better")));

        Assert.Equal(SensitiveOperations.ConnectionSecret, Assert.Single(_guard.Demanded).What);
        Assert.Equal("better", _store["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task A_connection_closed_meanwhile_is_not_opened_again_without_proof()
    {
        await SaveAsync("tg", ("token", "good"));
        var open = Draft("tg", ("token", "good")) with { Access = AccessPolicy.Open };
        await _desk.SaveAsync(Callers.Admin, open, Cancel);
        _guard.Demanded.Clear();
        Meanwhile(() => PutLater(_store["tg"] with { Access = AccessPolicy.Blocked }));

        await _desk.SaveAsync(Callers.Admin, open, Cancel);

        Assert.Equal(SensitiveOperations.ConnectionAccess, Assert.Single(_guard.Demanded).What);
    }

    [Fact]
    public async Task A_switch_does_not_bring_back_what_was_deleted_meanwhile()
    {
        await SaveAsync("tg", ("token", "good"));
        Meanwhile(() => _store.Remove("tg"));

        Assert.IsType<ConnectionOutcome.NotFound>(await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel));

        Assert.Empty(await _desk.ListAsync(Callers.Admin, Cancel));
    }

    [Fact]
    public async Task What_the_file_declared_meanwhile_is_not_undone()
    {
        await SaveAsync("tg", ("token", "good"));
        Meanwhile(() => PutLater(_store["tg"] with { IsProvisioned = true }));

        Assert.IsType<ConnectionOutcome.Provisioned>(await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel));

        Assert.True(_store["tg"].IsEnabled);
    }

    [Fact]
    public async Task A_change_is_given_up_when_others_are_faster_every_time()
    {
        await SaveAsync("tg", ("token", "good"));
        var audited = _store.Audited.Count;
        _channel.Refreshed.Clear();
        _store.OnRead = () => PutLater(_store["tg"]);

        Assert.IsType<ConnectionOutcome.ChangedMeanwhile>(await _desk.SetEnabledAsync(Callers.Admin, "tg", isEnabled: false, Cancel));
        Assert.IsType<ConnectionOutcome.ChangedMeanwhile>(await SaveAsync("tg", ("mode", "webhook")));

        Assert.True(_store["tg"].IsEnabled);
        Assert.Equal(audited, _store.Audited.Count);
        Assert.Empty(_channel.Refreshed);
    }

    [Fact]
    public async Task A_stored_connection_is_tried_with_its_secret_and_defaults()
    {
        await SaveAsync("tg", ("token", "good"));

        var outcome = await _desk.TestAsync(Callers.Admin, "tg", Cancel);

        Assert.True(Assert.IsType<ConnectionTestOutcome.Tested>(outcome).Test.IsPassed);
        Assert.Equal("https://example.test", Assert.Single(_channel.Tested).Find("baseUrl"));
    }

    [Fact]
    public async Task Switching_off_and_deleting_reach_the_session()
    {
        await SaveAsync("tg", ("token", "good"));
        _channel.Refreshed.Clear();

        await _desk.SetEnabledAsync(Callers.Admin, "tg", false, Cancel);
        await _desk.SetEnabledAsync(Callers.Admin, "tg", false, Cancel);
        await _desk.DeleteAsync(Callers.Admin, "tg", Cancel);

        Assert.Equal(2, _channel.Refreshed.Count);
        Assert.Empty(await _desk.ListAsync(Callers.Admin, Cancel));
    }

    [Theory]
    [InlineData("save")]
    [InlineData("switch off")]
    [InlineData("delete")]
    public async Task What_was_stored_reaches_the_session_though_the_caller_gave_up(string change)
    {
        await SaveAsync("tg", ("token", "good"));
        _channel.Refreshed.Clear();
        using var giveUp = new CancellationTokenSource();
        _store.OnStored = giveUp.Cancel;

        _ = change switch
        {
            "save" => await _desk.SaveAsync(Callers.Admin, Draft("tg", ("mode", "webhook")), giveUp.Token),
            "delete" => await _desk.DeleteAsync(Callers.Admin, "tg", giveUp.Token),
            _ => await _desk.SetEnabledAsync(Callers.Admin, "tg", false, giveUp.Token),
        };

        Assert.Equal(["tg"], _channel.Refreshed.Select(c => c.Value));
    }

    [Fact]
    public async Task What_was_stored_reaches_the_session_though_what_it_needs_could_not_be_made()
    {
        _channel.OnPrepare = () => throw new IOException("The disk is full.");

        await Assert.ThrowsAsync<IOException>(() => SaveAsync("tg", ("token", "good")));

        Assert.Equal(["tg"], _channel.Refreshed.Select(c => c.Value));
    }

    [Fact]
    public async Task An_operator_sees_connections_and_changes_none()
    {
        var op = Callers.Of(Roles.Operator);

        Assert.Empty(await _desk.ListAsync(op, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.SaveAsync(op, Draft("tg", ("token", "good")), Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.TestAsync(op, "tg", Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.DeleteAsync(op, "tg", Cancel));
    }

    /// <summary>Somebody else acts between the next reading and what is stored after it.</summary>
    private void Meanwhile(Action act) => _store.OnRead = () =>
    {
        _store.OnRead = null;
        act();
    };

    private void PutLater(Connection connection) => _store.Put(connection with { UpdatedAt = connection.UpdatedAt.AddMilliseconds(1) });

    private Task<ConnectionOutcome> SaveAsync(string name, params (string, string)[] settings)
        => _desk.SaveAsync(Callers.Admin, Draft(name, settings), Cancel);

    private static ConnectionDraft Draft(string name, params (string Key, string Value)[] settings) => new(
        name, "fake", "", AccessPolicy.Pairing, IsEnabled: true,
        new SettingValues(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))));
}
