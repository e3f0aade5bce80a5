using Assistant.Domain.Ai;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Testing.Ai;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai;

public sealed class EngineDirectoryTests
{
    private static readonly TenantId Other = new("other");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_made_once_for_many_replies()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");

        for (var i = 0; i < 50; i++)
        {
            await AskAsync(engines);
        }

        Assert.Equal(50, Assert.Single(engines.Made).Calls);
        Assert.Equal(1, engines.Store.Reads);
    }

    [Fact]
    public async Task An_announced_change_is_used_by_the_very_next_reply()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");
        await AskAsync(engines);
        engines.Time.Advance(TimeSpan.FromMilliseconds(1));

        await engines.SaveAsync("e");
        engines.Announce();
        await AskAsync(engines);

        Assert.Equal([1, 1], engines.Made.Select(c => c.Calls));
    }

    [Fact]
    public async Task A_change_made_elsewhere_is_seen_after_the_refresh_interval()
    {
        await using var engines = new EngineFixture(("RefreshInterval", "00:00:02"));
        await engines.SaveAsync("e");
        await AskAsync(engines);
        engines.Time.Advance(TimeSpan.FromSeconds(1.9));
        await engines.SaveAsync("e");

        await AskAsync(engines);
        engines.Time.Advance(TimeSpan.FromSeconds(0.1));
        await AskAsync(engines);

        Assert.Equal([2, 1], engines.Made.Select(c => c.Calls));
    }

    [Fact]
    public async Task An_unchanged_engine_keeps_its_client_when_the_list_is_read_again()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");
        await AskAsync(engines);

        engines.Time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(engines);

        Assert.Equal(2, engines.Store.Reads);
        Assert.Single(engines.Made);
    }

    [Fact]
    public async Task A_replaced_client_is_disposed_only_when_no_reply_can_use_it_any_more()
    {
        await using var engines = new EngineFixture(("TotalTimeout", "00:01:00"), ("MaxAttempts", "2"));
        await engines.SaveAsync("e");
        await AskAsync(engines);
        engines.Time.Advance(TimeSpan.FromSeconds(10));
        await engines.SaveAsync("e");
        await AskAsync(engines);

        engines.Time.Advance(TimeSpan.FromSeconds(119));
        await AskAsync(engines);
        Assert.False(engines.Made[0].IsDisposed);

        engines.Time.Advance(TimeSpan.FromSeconds(3));
        await AskAsync(engines);
        Assert.Equal([true, false], engines.Made.Select(c => c.IsDisposed));
    }

    [Fact]
    public async Task Replies_go_on_with_the_known_engines_while_the_store_is_down()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");
        await AskAsync(engines);

        engines.Store.Fault = new InvalidOperationException("database is locked");
        engines.Time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(engines);

        Assert.Equal(2, Assert.Single(engines.Made).Calls);
    }

    [Fact]
    public async Task A_store_that_is_down_from_the_start_is_reported()
    {
        await using var engines = new EngineFixture();
        engines.Store.Fault = new InvalidOperationException("database is locked");

        await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(engines));
    }

    [Fact]
    public async Task Tenants_have_clients_circuits_and_changes_of_their_own()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");
        await engines.SaveAsync("e", tenant: Other);
        await AskAsync(engines);
        await engines.Get<EngineDirectory>().GetAsync(Other, Cancel);

        Assert.Equal(2, engines.Made.Count);
        Assert.NotNull(engines.Get<IEngineHealth>().Find(TenantId.Default, "e"));
        Assert.Null(engines.Get<IEngineHealth>().Find(Other, "e"));

        engines.Announce(Other);
        await AskAsync(engines);
        Assert.Equal(2, engines.Store.Reads);
    }

    [Fact]
    public async Task A_deleted_engine_is_neither_called_nor_shown_any_more()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");
        await AskAsync(engines);

        await engines.DeleteAsync("e");
        engines.Announce();
        await engines.Get<EngineDirectory>().GetAsync(TenantId.Default, Cancel);

        Assert.Null(engines.Get<IEngineHealth>().Find(TenantId.Default, "e"));
    }

    [Fact]
    public async Task An_engine_of_unknown_type_or_with_unusable_settings_is_left_out()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("from-the-future", type: "telepathy");
        await engines.SaveAsync("half-written", type: "openai", isDefault: false, order: 1);
        await engines.SaveAsync("good", isDefault: false, order: 2);

        await AskAsync(engines);

        Assert.Equal(1, Assert.Single(engines.Made).Calls);
    }

    [Fact]
    public async Task Many_callers_at_once_make_one_client_and_one_read()
    {
        await using var engines = new EngineFixture();
        await engines.SaveAsync("e");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => AskAsync(engines), Cancel)));

        Assert.Single(engines.Made);
        Assert.Equal(1, engines.Store.Reads);
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await using var engines = new EngineFixture(("MaxAttempts", "0"));

        Assert.Throws<OptionsValidationException>(() => engines.Get<IReplyGenerator>());
    }

    private static async Task AskAsync(EngineFixture engines) => await engines.ReplyAsync(ReplyContextBuilder.Saying("hello?"), Cancel);
}
