using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store that forgets must do.</summary>
public abstract partial class ErasureStoreContract : PathContract
{
    [Fact]
    public async Task A_preview_counts_what_is_there_and_what_stays()
    {
        var (person, conversation) = await LiveAsync();

        var preview = await PreviewAsync(ErasureScope.Of(person));

        Assert.Equal("Li Wei", preview.Name);
        Assert.Equal(
            ErasureCounts.None.Plus(Forgettable.Persons, 1).Plus(Forgettable.Identities, 1).Plus(Forgettable.Conversations, 1)
                .Plus(Forgettable.Messages, 3).Plus(Forgettable.Notes, 1).Plus(Forgettable.Facts, 1),
            preview.Counts.OnlyDecisive());
        Assert.Equal([(conversation.Value, 4)], preview.Places);
        Assert.Equal((await AuditOfAsync(Home)).Count(e => e.What.Actor.Id == person.ToString() || e.What.Subject.Contains(conversation.ToString(), StringComparison.Ordinal)), preview.KeptEvents);
        Assert.Equal(0, preview.NamedEvents);
    }

    [Fact]
    public async Task What_stays_of_many_conversations_is_counted_once_in_each()
    {
        var (person, first) = await LiveAsync();
        List<ConversationId> conversations = [first];
        for (var chat = 2; chat <= 33; chat++)
        {
            var conversation = await HearAsync(HomeLine, $"in-{chat}", "here too", $"chat-{chat}");
            var noted = Draft(Home, AuditActions.NoteAdded, $"conversation/{conversation}/{chat}");
            await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "keeps birds", noted, Cancel);
            await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "and fish", noted with { Subject = $"conversation/{conversation}" }, Cancel);
            conversations.Add(conversation);
        }

        var kept = (await AuditOfAsync(Home)).Count(
            e => e.What.Actor.Id == person.ToString() || conversations.Exists(c => e.What.Subject.Contains(c.ToString(), StringComparison.Ordinal)));
        Assert.True(kept > 3 * 32, $"{kept} events");
        Assert.Equal(kept, (await PreviewAsync(ErasureScope.Of(person))).KeptEvents);
    }

    [Fact]
    public async Task There_is_no_preview_of_what_is_not_there_or_is_anothers()
    {
        var (person, conversation) = await LiveAsync();

        Assert.Null(await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(person), Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(conversation), Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(conversation, 1), Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(conversation, 99), Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(PersonId.Create()), Cancel));
        var digest = (await PreviewAsync(ErasureScope.Of(person))).Digest;
        Assert.IsType<BeginErasureOutcome.NotFound>(await BeginAsync(Office, ErasureScope.Of(person), digest));
    }

    [Fact]
    public async Task A_forgotten_person_is_out_of_sight_before_anything_is_deleted()
    {
        var (person, conversation) = await LiveAsync();

        var begun = await BeginAsync(ErasureScope.Of(person));

        Assert.Equal([(conversation, 2)], begun.Halted);
        Assert.Null(await Ports.People.FindAsync(Home, person, Cancel));
        Assert.Empty((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
        Assert.Null(await Ports.Conversations.FindAsync(Home, conversation, Cancel));
        Assert.Null(await Ports.Queries.FindAsync(Home, Anna.Id, conversation, Cancel));
        Assert.Empty((await Ports.Queries.ListAsync(Home, Anna.Id, new ConversationFilter(), null, 10, Cancel)).Items);
        Assert.Null(await Ports.Queries.FindByChatAsync(HomeLine.Id, new ExternalChat("chat-1"), Cancel));
        Assert.Empty(await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
        Assert.Empty(await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
        Assert.Empty(await Ports.Outbox.FindClaimsAsync(Cancel));
    }

    [Fact]
    public async Task What_was_erased_is_counted_as_the_preview_said_and_is_gone()
    {
        var (person, conversation) = await LiveAsync();
        var preview = await PreviewAsync(ErasureScope.Of(person));

        var erasure = await EraseAsync(ErasureScope.Of(person));

        Assert.Equal(preview.Counts, erasure.Counts);
        Assert.Equal((ErasureState.Erased, preview.KeptEvents, Anna.Name), (erasure.State, erasure.KeptEvents, erasure.By.Name));
        Assert.Empty(await ThreadAsync(Home, conversation));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(person), Cancel));
        Assert.Null(await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(conversation), Cancel));
    }

    [Fact]
    public async Task Whoever_writes_after_being_forgotten_is_a_stranger_in_a_new_conversation()
    {
        var (person, conversation) = await LiveAsync();
        await BeginAsync(ErasureScope.Of(person));

        var fresh = await HearAsync(HomeLine, "9", "hello again");

        Assert.NotEqual(conversation, fresh);
        Assert.NotEqual(person, (await Ports.Conversations.FindAsync(Home, fresh, Cancel))!.Person);
        await ContinueAsync(Assert.Single(await Ports.Erasures.ListOpenAsync(Cancel)).Id);
        Assert.Equal("hello again", Assert.Single(await ThreadAsync(Home, fresh)).Body.Markdown);
    }

    [Fact]
    public async Task A_forgotten_conversation_leaves_its_person()
    {
        var (person, conversation) = await LiveAsync();
        var other = await HearAsync(HomeLine, "1", "elsewhere", chat: "chat-2");

        var erasure = await EraseAsync(ErasureScope.Of(conversation));

        Assert.Equal((1, 3, 1, 1, 0), (
            erasure.Counts[Forgettable.Conversations], erasure.Counts[Forgettable.Messages], erasure.Counts[Forgettable.Notes], erasure.Counts[Forgettable.Facts],
            erasure.Counts[Forgettable.Persons]));
        Assert.NotNull(await Ports.People.FindAsync(Home, person, Cancel));
        Assert.Null(await Ports.Conversations.FindAsync(Home, conversation, Cancel));
        Assert.Single(await ThreadAsync(Home, other));
        Assert.NotEqual(conversation, await HearAsync(HomeLine, "8", "and here anew"));
    }

    [Fact]
    public async Task Of_a_forgotten_message_its_place_remains_and_a_redelivery_brings_nothing_back()
    {
        var (_, conversation) = await LiveAsync();

        var erasure = await EraseAsync(ErasureScope.Of(conversation, 1));

        Assert.Equal((1, 1, 0), (erasure.Counts[Forgettable.Messages], erasure.Counts[Forgettable.Facts], erasure.Counts[Forgettable.Conversations]));
        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal([1, 2, 3, 4], thread.Select(m => m.Seq));
        Assert.Equal("", thread[0].Body.Markdown);
        Assert.NotNull(thread[0].DeletedAt);
        Assert.Equal("I hear you", thread[1].Body.Markdown);
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Said(HomeLine, "1", "my secret is a canary")));
        Assert.Equal("", (await ThreadAsync(Home, conversation))[0].Body.Markdown);
        Assert.Null(await Ports.Erasures.PreviewAsync(Home, ErasureScope.Of(conversation, 1), Cancel));
    }

    [Fact]
    public async Task Nothing_is_erased_that_changed_since_it_was_looked_at()
    {
        var (person, conversation) = await LiveAsync();
        var looked = await PreviewAsync(ErasureScope.Of(person));
        await HearAsync(HomeLine, "7", "one more thing");

        Assert.IsType<BeginErasureOutcome.Changed>(await BeginAsync(Home, ErasureScope.Of(person), looked.Digest));

        Assert.Equal(5, (await ThreadAsync(Home, conversation)).Count);
        Assert.Empty((await Ports.Erasures.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ErasureBegun);
        Assert.Equal([(Forgettable.Messages, 3L, 4L)], looked.ChangesTo(await PreviewAsync(ErasureScope.Of(person))));
    }

    [Fact]
    public async Task A_turn_that_was_thinking_cannot_write_any_more()
    {
        var conversation = await HearAsync(HomeLine, "1", "think about this");
        var start = await BeginAsync(conversation);
        await BeginAsync(ErasureScope.Of(conversation));

        Assert.IsType<TurnCommitOutcome.Superseded>(await Ports.Turns.CommitAsync(Answer(start, "this is what you said"), Cancel));
    }

    [Fact]
    public async Task Beginning_and_end_are_events_without_a_name_and_the_end_is_written_once()
    {
        var (person, _) = await LiveAsync();
        var erasure = await EraseAsync(ErasureScope.Of(person));
        await FinishAsync(erasure.Id);

        var events = await AuditOfAsync(Home);
        Assert.Equal(AuditActions.ErasureBegun, events[(int)erasure.BegunSeq - 1].What.Action);
        var erased = Assert.Single(events, e => e.What.Action == AuditActions.Erased);
        Assert.Equal((erasure.ErasedSeq, $"person/{person}"), (erased.Seq, erased.What.Subject));
        Assert.DoesNotContain(events, e => e.What.Actor.Name == "Li Wei" || e.What.Details.Values.Any(v => v.Contains("Li Wei", StringComparison.Ordinal)));
        Assert.IsType<AuditVerdict.Intact>(await AuditVerifier.VerifyAsync(Home, events.ToAsyncEnumerable(), [], Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_certificate_is_kept_once_and_ends_the_work()
    {
        var (person, _) = await LiveAsync();
        var erasure = await EraseAsync(ErasureScope.Of(person));
        Assert.Equal((Home, erasure.Id), Assert.Single(await Ports.Erasures.ListOpenAsync(Cancel)));

        await Ports.Erasures.CertifyAsync(Office, erasure.Id, "another's", Cancel);
        await Ports.Erasures.CertifyAsync(Home, erasure.Id, "signed", Cancel);
        await Ports.Erasures.CertifyAsync(Home, erasure.Id, "again", Cancel);

        Assert.Equal((ErasureState.Certified, "signed"), (await Ports.Erasures.FindAsync(Home, erasure.Id, Cancel)) is { } kept ? (kept.State, kept.Certificate) : default);
        Assert.Empty(await Ports.Erasures.ListOpenAsync(Cancel));
        Assert.Null(await Ports.Erasures.FindAsync(Office, erasure.Id, Cancel));
        Assert.Empty((await Ports.Erasures.ListAsync(Office, null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task Erasures_are_listed_newest_first_by_pages()
    {
        var first = await EraseAsync(ErasureScope.Of(await HearAsync(HomeLine, "1", "a", chat: "a")));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await EraseAsync(ErasureScope.Of(await HearAsync(HomeLine, "1", "b", chat: "b")));

        var page = await Ports.Erasures.ListAsync(Home, null, 1, Cancel);
        var rest = await Ports.Erasures.ListAsync(Home, page.Next, 1, Cancel);

        Assert.Equal([second.Id, first.Id], [Assert.Single(page.Items).Id, Assert.Single(rest.Items).Id]);
        Assert.Null(rest.Next);
        Assert.Empty((await Ports.Erasures.ListAsync(Office, page.Next, 10, Cancel)).Items);
    }

    [Fact]
    public async Task Another_tenant_neither_continues_nor_finishes_an_erasure()
    {
        var (person, _) = await LiveAsync();
        var preview = await PreviewAsync(ErasureScope.Of(person));
        var id = (await BeginAsync(ErasureScope.Of(person))).Erasure.Id;

        while (await Ports.Erasures.ContinueAsync(Office, id, Cancel))
        {
        }

        await Ports.Erasures.FinishAsync(Office, id, erasure => Draft(Office, AuditActions.Erased, erasure.Scope.Subject), Cancel);
        Assert.Equal(ErasureState.Running, (await Ports.Erasures.FindAsync(Home, id, Cancel))!.State);

        await ContinueAsync(id);
        await FinishAsync(id);
        Assert.Equal((ErasureState.Erased, preview.Counts), (await Ports.Erasures.FindAsync(Home, id, Cancel)) is { } erased ? (erased.State, erased.Counts) : default);
    }

    [Fact]
    public async Task Events_of_another_tenant_about_the_same_ids_are_not_counted()
    {
        var (person, conversation) = await LiveAsync();
        ErasureScope[] scopes = [ErasureScope.Of(person), ErasureScope.Of(conversation), ErasureScope.Of(conversation, 1)];
        var before = await CountEventsAsync(scopes);

        foreach (var scope in scopes)
        {
            foreach (var actor in new[] { person, PersonId.Create() })
            {
                var audit = Draft(Office, AuditActions.ConnectionSaved, scope.Subject) with { Actor = new("person", actor.ToString(), "Wu") };
                await Ports.Connections.PutAsync(OfficeLine, audit, Cancel);
            }
        }

        Assert.Equal(before, await CountEventsAsync(scopes));
    }

    [Fact]
    public async Task Another_tenants_things_stay_as_they_are()
    {
        var foreign = await HearAsync(OfficeLine, "1", "office talk");
        var (person, _) = await LiveAsync();
        var before = await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(foreign), Cancel);

        await EraseAsync(ErasureScope.Of(person));

        Assert.Equal(before!.Counts, (await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(foreign), Cancel))!.Counts);
        Assert.Equal("office talk", Assert.Single(await ThreadAsync(Office, foreign)).Body.Markdown);
    }

    [Fact]
    public async Task Records_of_a_person_are_theirs_alone_and_gone_with_them()
    {
        var (person, conversation) = await LiveAsync();
        await HearAsync(HomeLine, "1", "somebody else", chat: "chat-9", sender: "user-9");
        var preferred = Draft(Home, AuditActions.MessengerPreferred, $"conversation/{conversation}");
        Assert.True(await Ports.Chats.PreferAsync(Home, conversation, preferred, Cancel));

        var theirs = Assert.Single(await Ports.Records.ListConversationsAsync(Home, person, Cancel));
        var turn = Assert.Single(await Ports.Records.ListTurnsAsync(Home, conversation, 0, 10, Cancel));

        Assert.Equal((conversation, HomeLine.Id, ConversationStatus.Open, false), (theirs.Id, theirs.Connection, theirs.Status, theirs.IsGroup));
        Assert.Equal(preferred.At, theirs.PreferredAt);
        Assert.Equal((1, TurnResult.Answered, "embedded"), (turn.Seq, turn.Result, turn.Engine));
        Assert.Empty(await Ports.Records.ListTurnsAsync(Home, conversation, 1, 10, Cancel));
        Assert.Empty(await Ports.Records.ListConversationsAsync(Office, person, Cancel));
        Assert.Empty(await Ports.Records.ListTurnsAsync(Office, conversation, 0, 10, Cancel));
        await BeginAsync(ErasureScope.Of(person));
        Assert.Empty(await Ports.Records.ListConversationsAsync(Home, person, Cancel));
    }

    [Fact]
    public async Task What_somebody_wrote_in_a_group_of_others_goes_and_its_place_stays()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "I am Ann", sender: "ann") with { Chat = group })).Conversation;
        await AnswerAsync(conversation, "Hello Ann");
        await StoreAsync(HomeLine, Said(HomeLine, "2", "I am Ben", sender: "ben") with { Chat = group });
        var ben = await BeginAsync(conversation);
        await Ports.Turns.CommitAsync(Answer(ben, "Hello Ben"), Cancel);
        await StoreAsync(HomeLine, Said(HomeLine, "3", "Ann again", sender: "ann") with { Chat = group });
        Assert.Equal(conversation, Assert.Single(await Ports.Records.ListConversationsAsync(Home, ben.Person.Id, Cancel)).Id);
        var preview = await PreviewAsync(ErasureScope.Of(ben.Person.Id));

        var erasure = await EraseAsync(ErasureScope.Of(ben.Person.Id));

        Assert.Equal((2, 1), (preview.Counts[Forgettable.Messages], preview.Counts[Forgettable.Sends]));
        Assert.Equal(preview.Counts, erasure.Counts);
        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal(["I am Ann", "Hello Ann", "", "", "Ann again"], thread.Select(m => m.Body.Markdown));
        Assert.Equal([false, false, true, true, false], thread.Select(m => m.DeletedAt is not null));
        Assert.Equal([false, false, true, true, false], thread.Select(m => m.AuthorName.Length == 0));
        Assert.NotNull(await Ports.Conversations.FindAsync(Home, conversation, Cancel));
        Assert.Empty(await Ports.Records.ListConversationsAsync(Home, ben.Person.Id, Cancel));
    }

    /// <summary>Somebody with an answered message, a remembered fact, a note, and one more message that waits.</summary>
    protected async Task<(PersonId Person, ConversationId Conversation)> LiveAsync()
    {
        var conversation = await HearAsync(HomeLine, "1", "my secret is a canary");
        var start = await BeginAsync(conversation);
        var fact = new Fact(Guid.CreateVersion7(), Home, start.Person.Id, "has a canary", Ports.Clock.GetUtcNow(), conversation, 1);
        await Ports.Turns.CommitAsync(Answer(start, "I hear you") with { NewFacts = [fact] }, Cancel);
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "keeps birds", Draft(Home, AuditActions.NoteAdded, $"conversation/{conversation}"), Cancel);
        await HearAsync(HomeLine, "2", "are you there?");
        await Ports.ProjectAsync(Cancel);
        return (start.Person.Id, conversation);
    }

    protected async Task<ErasurePreview> PreviewAsync(ErasureScope scope)
        => Assert.IsType<ErasurePreview>(await Ports.Erasures.PreviewAsync(Home, scope, Cancel));

    protected async Task<BeginErasureOutcome.Begun> BeginAsync(ErasureScope scope)
        => Assert.IsType<BeginErasureOutcome.Begun>(await BeginAsync(Home, scope, (await PreviewAsync(scope)).Digest));

    protected async Task<Erasure> EraseAsync(ErasureScope scope)
    {
        var id = (await BeginAsync(scope)).Erasure.Id;
        await ContinueAsync(id);
        await FinishAsync(id);
        Assert.Empty(await FindLeftoversAsync());
        return (await Ports.Erasures.FindAsync(Home, id, Cancel))!;
    }

    /// <summary>Rows that lead to what is gone, by kind; a store without rows has none.</summary>
    protected virtual Task<IReadOnlyList<string>> FindLeftoversAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    private async Task<List<(long Kept, long Named)>> CountEventsAsync(IEnumerable<ErasureScope> scopes)
    {
        var counts = new List<(long, long)>();
        foreach (var scope in scopes)
        {
            counts.Add(await PreviewAsync(scope) is var preview ? (preview.KeptEvents, preview.NamedEvents) : default);
        }

        return counts;
    }

    private async Task<BeginErasureOutcome> BeginAsync(TenantId tenant, ErasureScope scope, string digest)
    {
        var kept = (await Ports.Erasures.PreviewAsync(tenant, scope, Cancel))?.KeptEvents ?? 0;
        var audit = Draft(tenant, AuditActions.ErasureBegun, scope.Subject) with { Actor = new("user", Anna.Id.ToString(), Anna.Name) };
        return await Ports.Erasures.BeginAsync(new ErasureId(Guid.CreateVersion7(Ports.Clock.GetUtcNow())), scope, digest, kept, audit, Cancel);
    }

    private async Task ContinueAsync(ErasureId id)
    {
        while (await Ports.Erasures.ContinueAsync(Home, id, Cancel))
        {
        }
    }

    private Task FinishAsync(ErasureId id) => Ports.Erasures.FinishAsync(
        Home, id, erasure => Draft(Home, AuditActions.Erased, erasure.Scope.Subject), Cancel);
}
