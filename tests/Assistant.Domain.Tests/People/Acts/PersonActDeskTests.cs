using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Xunit;

namespace Assistant.Domain.Tests.People.Acts;

/// <summary>A person asks in a messenger, their account proves, and nothing else opens the act.</summary>
public sealed class PersonActDeskTests : ActRig
{
    [Fact]
    public async Task Without_an_account_the_answer_says_how_to_get_there_and_no_engine_is_asked()
    {
        var answer = await AskAsync("/export");

        Assert.Contains("https://assistant.example/account", answer, StringComparison.Ordinal);
        Assert.Contains("绑定", answer, StringComparison.Ordinal); // the sender's messenger speaks Chinese
        Assert.Contains("link CODE", await AskAsync("export my data"), StringComparison.Ordinal);
        Assert.Empty(Engines.Asked);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActAsked);
    }

    [Theory]
    [InlineData("我的车停在B2层", "绑定 代码")]
    [InlineData("my car is on level 2", "link CODE")]
    public async Task A_command_is_answered_in_the_language_they_write_where_the_messenger_names_none(string said, string way)
    {
        var words = Said(HomeLine, "1", said, "chat-lei", "lei") with { Sender = new ExternalSender("lei", "Lei") };
        await StoreAsync(HomeLine, words);
        var command = words with { DedupeKey = "said:2", ExternalMessageId = "2", Content = new InboundContent.Said("/export") };
        var conversation = ((Assistant.Domain.Messaging.Inbox.InboxOutcome.Stored)await StoreAsync(HomeLine, command)).Conversation;
        await RunAsync(conversation);
        await RunAsync(conversation);

        Assert.Contains(way, (await ThreadAsync(Home, conversation))[^1].Body.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_group_and_without_a_public_address_nothing_is_begun()
    {
        await LinkAsync(await UserAsync("lin@example.org"));
        var group = Said(HomeLine, "g1", "export my data", "group", "lin") with { Chat = new ExternalChat("group", IsGroup: true) };
        var conversation = ((Assistant.Domain.Messaging.Inbox.InboxOutcome.Stored)await StoreAsync(HomeLine, group)).Conversation;
        await RunAsync(conversation);

        Assert.Contains("directly", (await ThreadAsync(Home, conversation))[^1].Body.Markdown, StringComparison.Ordinal);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActAsked);
    }

    [Fact]
    public async Task Forwarded_words_begin_nothing()
    {
        await LinkAsync(await UserAsync("lin@example.org"));
        var forwarded = Said(HomeLine, "f1", "", "chat-lin", "lin") with { Content = new InboundContent.Said("export my data") { IsForwarded = true } };
        await RunAsync(((Assistant.Domain.Messaging.Inbox.InboxOutcome.Stored)await StoreAsync(HomeLine, forwarded)).Conversation);

        Assert.True(Assert.Single(Engines.Asked).IsForwarded);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActAsked);
    }

    [Fact]
    public async Task Wrong_codes_are_counted_and_then_even_a_right_one_is_not_believed()
    {
        var account = await UserAsync("lin@example.org");
        for (var i = 0; i < PersonAccountDesk.MaxGuesses; i++)
        {
            Assert.Contains("opens nothing", await AskAsync($"link {LinkCode.Create().Reveal()}"), StringComparison.Ordinal);
        }

        Assert.Contains("opens nothing", await AskAsync($"link {(await Accounts.OfferAsync(account, Cancel)).Reveal()}"), StringComparison.Ordinal);
        Assert.Empty(await Accounts.ListOwnAsync(account, Cancel));

        Ports.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Contains("linked with you now", await AskAsync($"link {(await Accounts.OfferAsync(account, Cancel)).Reveal()}"), StringComparison.Ordinal);
        Assert.Single(await Accounts.ListOwnAsync(account, Cancel));
    }

    [Fact]
    public async Task An_export_is_asked_for_proven_done_once_and_told()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        var answer = await AskAsync("/export json");
        var token = TokenIn(answer);
        var open = Assert.IsType<OpenAct>(await Acts.OpenAsync(account, token, Cancel));
        Assert.Contains(PersonActDesk.SentenceOf(open.Person, open.Act.Kind, new CultureInfo("zh-CN")), answer, StringComparison.Ordinal);

        var proven = await ProvenAsync(account, by => Acts.AskForExportAsync(by, token, Cancel));
        var export = Assert.NotNull(await Acts.ExportAsync(proven, token, CultureInfo.InvariantCulture, Cancel));

        using var written = new MemoryStream();
        await export.Export.WriteAsync(written, Cancel);
        Assert.Contains("Li Wei", System.Text.Encoding.UTF8.GetString(written.ToArray()), StringComparison.Ordinal);
        Assert.Equal(PersonExportFormat.Json, export.Format);
        Assert.Contains("已完成", (await ThreadAsync(Home, Heard))[^1].Body.Markdown, StringComparison.Ordinal);
        Assert.Null(await Acts.ExportAsync(proven, token, CultureInfo.InvariantCulture, Cancel)); // a replay
        Assert.Equal(["used"], await RefusalsAsync());
        var exported = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonExported).What;
        Assert.Equal(("person", open.Person.Id.ToString(), ""), (exported.Actor.Kind, exported.Actor.Id, exported.Actor.Name));
    }

    [Fact]
    public async Task Of_two_exports_proven_at_once_for_one_link_one_is_done_and_recorded()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        var token = TokenIn(await AskAsync("/export json"));
        var exports = new PersonExportDesk(House, new PersonExport(House, House, House, House, House, House, House, Ports.Clock), new MeetingGuard(2), House, Ports.Clock);
        var acts = new PersonActDesk(House, House, House, Forgetting, exports, House, Ports.Clock);

        var done = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => acts.ExportAsync(account, token, CultureInfo.InvariantCulture, Cancel)));

        Assert.Single(done, export => export is not null);
        Assert.Equal(["used"], await RefusalsAsync());
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActDone);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonExported);
        Assert.Single(await ThreadAsync(Home, Heard), message => message is { Author: AuthorKind.System, IsNote: false });
    }

    [Fact]
    public async Task Declined_by_its_account_an_act_opens_nothing_and_is_told_once()
    {
        var (account, eve) = (await UserAsync("lin@example.org"), await UserAsync("eve@example.org", Roles.Owner));
        await LinkAsync(account);
        var token = TokenIn(await AskAsync("/export json"));

        Assert.False(await Acts.DeclineAsync(eve, token, Cancel));
        Assert.True(await Acts.DeclineAsync(account, token, Cancel));
        Assert.False(await Acts.DeclineAsync(account, token, Cancel));

        Assert.Equal(["account", "used"], await RefusalsAsync());
        var thread = await ThreadAsync(Home, Heard);
        Assert.Collection(
            thread.Where(message => message.IsLine),
            asked => Assert.StartsWith("Asked for", asked.Body.Markdown, StringComparison.Ordinal),
            declined => Assert.StartsWith("Declined", declined.Body.Markdown, StringComparison.Ordinal));
        Assert.StartsWith("您的账户已拒绝", thread[^1].Body.Markdown, StringComparison.Ordinal);
        Assert.Equal(account.Actor, Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActDeclined).What.Actor);
    }

    [Fact]
    public async Task What_is_not_proven_in_time_ends_and_is_told_once()
    {
        await LinkAsync(await UserAsync("lin@example.org"));
        await AskAsync("/forget");
        await Acts.EndExpiredAsync(Cancel);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActEnded);

        Ports.Clock.Advance(PersonAct.Lifetime);
        await Acts.EndExpiredAsync(Cancel);
        await Acts.EndExpiredAsync(Cancel);

        Assert.Equal("expired", Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActEnded).What.Details["why"]);
        var thread = await ThreadAsync(Home, Heard);
        Assert.Equal(2, thread.Count(message => message.IsLine));
        Assert.Single(thread, message => message is { Author: AuthorKind.System, IsNote: false });
        Assert.Contains("Forget me, \u2068Li Wei\u2069", thread[^2].Body.Markdown, StringComparison.Ordinal);
        Assert.Contains("如仍需要，请重新请求", thread[^1].Body.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_said_of_an_act_reaches_no_engine()
    {
        await LinkAsync(await UserAsync("lin@example.org"));
        await AskAsync("/export");

        await AskAsync("hello");

        Assert.DoesNotContain(Assert.Single(Engines.Asked).History, message => message.Text.StartsWith("Asked for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forgetting_is_for_the_preview_that_was_shown_and_ends_in_silence()
    {
        var account = await UserAsync("lin@example.org");
        var person = await LinkAsync(account);
        var token = TokenIn(await AskAsync("forget me"));
        var shown = (await Acts.OpenAsync(account, token, Cancel))!.Preview!;
        await HearAsync(HomeLine, "more", "one thing more", "chat-lin", "lin");

        var changed = Assert.IsType<ForgetOutcome.Changed>(await Acts.ForgetAsync(account, token, shown.Digest, Cancel));
        var proven = await ProvenAsync(account, by => Acts.ForgetAsync(by, token, changed.Now.Digest, Cancel));
        await HearAsync(HomeLine, "still more", "and another", "chat-lin", "lin");
        Assert.IsType<ForgetOutcome.Changed>(await Acts.ForgetAsync(proven, token, changed.Now.Digest, Cancel));
        var now = (await Acts.OpenAsync(account, token, Cancel))!.Preview!;
        await Assert.ThrowsAsync<StepUpRequiredException>(() => Acts.ForgetAsync(proven, token, now.Digest, Cancel)); // the proof was for another preview

        proven = await ProvenAsync(account, by => Acts.ForgetAsync(by, token, now.Digest, Cancel));
        var begun = Assert.IsType<ForgetOutcome.Begun>(await Acts.ForgetAsync(proven, token, now.Digest, Cancel)).Erasure;

        Assert.Null(await Ports.People.FindAsync(Home, person, Cancel));
        Assert.Empty(await Accounts.ListOwnAsync(account, Cancel));
        Assert.Equal(begun.Id, (await Acts.FollowAsync(account, begun, Cancel))?.Id);
        Assert.Null(await Acts.OpenAsync(account, token, Cancel));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonTold);
    }

    [Fact]
    public async Task Another_account_opens_and_proves_nothing()
    {
        var (account, eve) = (await UserAsync("lin@example.org"), await UserAsync("eve@example.org", Roles.Owner));
        await LinkAsync(account);
        await LinkAsync(eve, "eve");
        var token = TokenIn(await AskAsync("export my data"));

        Assert.Null(await Acts.OpenAsync(eve, token, Cancel));
        var wanted = (await Assert.ThrowsAsync<StepUpRequiredException>(() => Acts.AskForExportAsync(account, token, Cancel))).Request;
        Assert.Equal(StepUpOutcome.Gone, await ProveAsync(eve, wanted));
        Assert.Equal(StepUpOutcome.Proven, await ProveAsync(account, wanted));
        Assert.Null(await Acts.ExportAsync(eve with { Proof = wanted.Id }, token, CultureInfo.InvariantCulture, Cancel));

        Assert.Equal(["account", "account"], await RefusalsAsync());
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonExported);
    }

    [Fact]
    public async Task A_proof_for_what_was_asked_in_one_conversation_opens_nothing_asked_in_another()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        var first = TokenIn(await AskAsync("export my data"));
        var proven = await ProvenAsync(account, by => Acts.AskForExportAsync(by, first, Cancel));
        var second = TokenIn(await AskAsync("export my data", "lin", "another-chat"));

        Assert.Null(await Acts.ExportAsync(proven, first, CultureInfo.InvariantCulture, Cancel)); // asking anew ended it
        await Assert.ThrowsAsync<StepUpRequiredException>(() => Acts.ExportAsync(proven, second, CultureInfo.InvariantCulture, Cancel));

        Assert.Equal(["late"], await RefusalsAsync());
    }

    [Fact]
    public async Task What_comes_late_is_refused()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        var token = TokenIn(await AskAsync("/export"));
        var proven = await ProvenAsync(account, by => Acts.AskForExportAsync(by, token, Cancel));

        Ports.Clock.Advance(SensitiveOperations.MaxProofAge + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StepUpRequiredException>(() => Acts.ExportAsync(proven, token, CultureInfo.InvariantCulture, Cancel));
        Ports.Clock.Advance(PersonAct.Lifetime);
        Assert.Null(await Acts.OpenAsync(account, token, Cancel));

        Assert.Equal(["late"], await RefusalsAsync());
    }

    [Fact]
    public async Task A_link_that_was_ended_and_a_person_who_was_forgotten_take_their_acts_along()
    {
        var account = await UserAsync("lin@example.org");
        var person = await LinkAsync(account);
        var token = TokenIn(await AskAsync("/export"));
        var proven = await ProvenAsync(account, by => Acts.AskForExportAsync(by, token, Cancel));

        await Accounts.LeaveAsync(account, Assert.Single(await Accounts.ListOwnAsync(account, Cancel)), Cancel);
        Assert.Null(await Acts.ExportAsync(proven, token, CultureInfo.InvariantCulture, Cancel));
        await LinkAsync(account);
        var preview = (await Forgetting.PreviewAsync(UserDesk.LocalCaller(Home), ErasureScope.Of(person), Cancel))!;
        await Forgetting.ForgetAsync(UserDesk.LocalCaller(Home), preview.Scope, preview.Digest, Cancel);
        Assert.Null(await Acts.ExportAsync(proven, token, CultureInfo.InvariantCulture, Cancel));

        Assert.Equal(["account", "unknown"], await RefusalsAsync());
    }

    [Fact]
    public async Task Guessed_links_are_counted_and_then_even_a_right_one_stays_closed()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        var token = TokenIn(await AskAsync("/export"));
        for (var i = 0; i < PersonActDesk.MaxGuesses; i++)
        {
            Assert.Null(await Acts.OpenAsync(account, RandomToken.Create().Reveal(), Cancel));
        }

        Assert.Null(await Acts.OpenAsync(account, token, Cancel));
        Assert.Equal(PersonActDesk.MaxGuesses, (await RefusalsAsync()).Count(reason => reason == "unknown"));
    }

    [Fact]
    public async Task A_program_and_somebody_with_every_role_are_nobody_here()
    {
        await LinkAsync(await UserAsync("lin@example.org"));
        var token = TokenIn(await AskAsync("/forget"));

        Assert.Null(await Acts.OpenAsync(Testing.Fakes.Callers.Of(Roles.Owner), token, Cancel));
        Assert.Null(await Acts.OpenAsync(Testing.Fakes.Callers.Of(Roles.Owner) with { Actor = new Actor("apikey", Guid.CreateVersion7().ToString(), "script") }, token, Cancel));
    }

    [Fact]
    public async Task While_an_operator_holds_the_conversation_nobody_answers_for_them()
    {
        await AskAsync("hello");
        await TakeOverNowAsync(Heard);

        await HearAsync(HomeLine, "held", "/export", "chat-lin", "lin");
        await RunAsync(Heard);

        Assert.Equal("/export", (await ThreadAsync(Home, Heard))[^1].Body.Markdown);
    }

    /// <summary>Believes everybody, once so many are there.</summary>
    private sealed class MeetingGuard(int guests) : IStepUpGuard
    {
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _came;

        public Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _came) == guests)
            {
                _met.SetResult();
            }

            return _met.Task.WaitAsync(cancellationToken);
        }
    }
}
