using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IAuditLog"/> must hold.</summary>
public abstract class AuditLogContract : PathContract
{
    [Fact]
    public async Task Events_are_numbered_without_gaps_per_tenant()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AppendAsync(i % 2 == 0 ? Home : Office, "user.signin", $"user/{i}")));

        foreach (var tenant in (TenantId[])[Home, Office])
        {
            var events = await AuditOfAsync(tenant);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
            Assert.All(events, e => Assert.Equal(tenant, e.What.Tenant));
            Assert.Equal(20, events.Count(e => e.What.Action == "user.signin"));
        }
    }

    [Fact]
    public async Task The_chain_holds_after_mixed_work_and_its_head_is_the_checkpoint()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello \0 锅炉");
        await AnswerAsync(conversation, "hi", "there");
        await HearAsync(OfficeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "note", Draft(Home, AuditActions.NoteAdded, "a\ud800b"), Cancel);
        await Ports.Outbox.RecoverInterruptedAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(2, 20).Select(i => StoreAsync(HomeLine, Said(HomeLine, $"{i}", $"m{i}", $"chat-{i}"))));

        foreach (var tenant in (TenantId[])[Home, Office])
        {
            var head = await Ports.Audit.ReadHeadAsync(tenant, Cancel);
            var verdict = await AuditVerifier.VerifyAsync(tenant, Ports.Audit.ReadAsync(tenant, 1, Cancel), [head], Ports.Clock.GetUtcNow(), Cancel);
            Assert.Equal((head.Seq, head.HashHex), Assert.IsType<AuditVerdict.Intact>(verdict).Head is var reached ? (reached.Seq, reached.HashHex) : default);
        }
    }

    [Fact]
    public async Task An_event_comes_back_as_it_was_appended()
    {
        var draft = new AuditDraft(
            Home, Ports.Clock.GetUtcNow(), new Actor("user", "u-1", "安娜"), "user.signin.failed", "user/1", "192.0.2.1",
            new Dictionary<string, string> { ["reason"] = "错误", ["attempt"] = "2" });
        await Ports.Audit.AppendAsync(draft, Cancel);

        var read = (await AuditOfAsync(Home))[^1].What;

        Assert.Equal(draft with { Details = AuditDraft.NoDetails }, read with { Details = AuditDraft.NoDetails });
        Assert.Equal(draft.Details.OrderBy(d => d.Key, StringComparer.Ordinal), read.Details.OrderBy(d => d.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_is_newest_first_filtered_and_paged_without_gaps()
    {
        for (var i = 1; i <= 5; i++)
        {
            Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            await AppendAsync(Home, "user.signin", $"user/{i}", "Anna");
            await AppendAsync(Home, "user.signout", $"user/{i}", "Bo");
        }

        var from = Ports.Clock.GetUtcNow() - TimeSpan.FromMinutes(1);
        Assert.Equal(["user/5", "user/4", "user/3", "user/2", "user/1"], await SubjectsAsync(new AuditFilter(Action: "user.signin")));
        Assert.Equal(["user/5", "user/4"], await SubjectsAsync(new AuditFilter(Actor: "Bo", From: from)));
        Assert.Equal(["user/3", "user/2", "user/1"], await SubjectsAsync(new AuditFilter(Action: "user.signout", Until: from)));
        Assert.Equal(["user/2", "user/2"], await SubjectsAsync(new AuditFilter(Subject: "user/2")));
        Assert.Equal(["user/5", "user/4", "user/3", "user/2", "user/1"], await SubjectsAsync(new AuditFilter(Text: "signout")));

        var seqs = new List<long>();
        string? after = null;
        do
        {
            var page = await Ports.Audit.ListAsync(Home, new AuditFilter(), after, 4, Cancel);
            seqs.AddRange(page.Items.Select(e => e.Seq));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal((await AuditOfAsync(Home)).Select(e => e.Seq).Reverse(), seqs);
        await Assert.ThrowsAsync<UnknownCursorException>(() => Ports.Audit.ListAsync(Home, new AuditFilter(), "elsewhere", 4, Cancel));
    }

    [Fact]
    public async Task What_no_database_can_hold_is_found_nowhere()
    {
        await AppendAsync(Home, "user.signin", "user/1", "Anna");

        Assert.Empty(await SubjectsAsync(new AuditFilter(Action: "user\0")));
        Assert.Empty(await SubjectsAsync(new AuditFilter(Actor: "\0")));
        Assert.Empty(await SubjectsAsync(new AuditFilter(Subject: "user\0/1")));
        Assert.Empty(await SubjectsAsync(new AuditFilter(Text: "\0")));
    }

    [Fact]
    public async Task Text_is_found_in_details_and_what_was_found_is_paged_without_gaps()
    {
        for (var i = 1; i <= 7; i++)
        {
            await Ports.Audit.AppendAsync(
                Draft(Home, "user.changed", $"user/{i}") with { Details = new Dictionary<string, string> { ["after:name"] = i % 2 == 1 ? "锅炉 Ada" : "Ben" } }, Cancel);
            await Ports.Audit.AppendAsync(Draft(Office, "user.changed", $"user/{i}") with { Details = new Dictionary<string, string> { ["after:name"] = "Ada" } }, Cancel);
        }

        var first = await Ports.Audit.ListAsync(Home, new AuditFilter(Text: "锅炉 Ada"), null, 3, Cancel);
        Assert.Equal(["user/7", "user/5", "user/3"], first.Items.Select(e => e.What.Subject));
        var second = await Ports.Audit.ListAsync(Home, new AuditFilter(Text: "锅炉 Ada"), first.Next, 3, Cancel);
        Assert.Equal(["user/1"], second.Items.Select(e => e.What.Subject));
        Assert.Null(second.Next);
        Assert.Equal(["user/2"], await SubjectsAsync(new AuditFilter(Text: "after:name", Subject: "user/2")));
        Assert.Empty(await SubjectsAsync(new AuditFilter(Text: "ada")));
        Assert.Equal(["user/7", "user/5"], await SubjectsAsync(new AuditFilter(Text: "Ada", Above: first.Items[2].Seq)));
    }

    [Fact]
    public async Task Reading_starts_where_it_is_asked_to()
    {
        await AppendAsync(Home, "user.signin", "user/1");
        var last = (await AuditOfAsync(Home))[^1].Seq;

        var read = new List<AuditEvent>();
        await foreach (var written in Ports.Audit.ReadAsync(Home, last, Cancel))
        {
            read.Add(written);
        }

        Assert.Equal(last, Assert.Single(read).Seq);
    }

    [Fact]
    public async Task An_empty_chain_ends_in_its_genesis()
    {
        var quiet = new TenantId("quiet");
        await Ports.Tenants.EnsureAsync(quiet, "Quiet", Cancel);
        var events = await AuditOfAsync(quiet);

        var head = await Ports.Audit.ReadHeadAsync(quiet, Cancel);

        Assert.Equal(events.Count, head.Seq);
        Assert.Equal(
            Convert.ToHexStringLower(events.Count == 0 ? AuditChain.Genesis(quiet) : events[^1].Hash.ToArray()), head.HashHex);
        Assert.Empty((await Ports.Audit.ListAsync(quiet, new AuditFilter(Action: "user.signin"), null, 10, Cancel)).Items);
    }

    private Task AppendAsync(TenantId tenant, string action, string subject, string actor = "Anna")
        => Ports.Audit.AppendAsync(Draft(tenant, action, subject) with { Actor = new Actor("user", actor, actor) }, Cancel);

    private async Task<IEnumerable<string>> SubjectsAsync(AuditFilter filter)
        => (await Ports.Audit.ListAsync(Home, filter, null, 50, Cancel)).Items.Select(e => e.What.Subject);
}
