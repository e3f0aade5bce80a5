using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Forgetting;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

/// <summary>Forgetting counts and deletes what belongs to its tenant, whomever another tenant's rows name.</summary>
public sealed class HandedOverForgettableTests : HandedOverRows
{
    private static readonly Guid s_person = Guid.Parse("01900000-0000-7000-8000-000000000001");
    private static readonly Guid s_stranger = Guid.Parse("01900000-0000-7000-8000-000000000002");
    private static readonly Guid s_conversation = Guid.Parse("01900000-0000-7000-8000-000000000003");

    public static TheoryData<ErasureKind> Kinds => [ErasureKind.Person, ErasureKind.Conversation, ErasureKind.Message];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_row_of_another_tenant_is_neither_counted_nor_deleted_whatever_it_names(ErasureKind kind)
    {
        var sql = new ScopeSql(Home, Scope(kind));
        foreach (var table in ForgettableTables.All.Where(table => (kind == ErasureKind.Person || table.Condition(kind) is not null) && table.InGroup is null))
        {
            await WithPlantedAsync(session =>
            {
                PlantTheirs(session, table);
                Plant(session, table.Table, Office, Row(table, s_person));
                Assert.Equal((0, 0), (sql.CountAll(session)[table.Kind], sql.Delete(session, table)));

                Take(session, table.Table);
                Assert.Equal((1, 1), (sql.CountAll(session)[table.Kind], sql.Delete(session, table)));
            });
        }
    }

    [Fact]
    public async Task A_row_in_a_conversation_of_another_tenant_is_neither_counted_nor_deleted()
    {
        var sql = new ScopeSql(Home, Scope(ErasureKind.Person));
        var tables = ForgettableTables.All.Where(table => table.OfPerson?.Contains("FROM conversations", StringComparison.Ordinal) is not false && table.InGroup is null).ToList();
        Assert.Equal(11, tables.Count);
        foreach (var table in tables)
        {
            await WithPlantedAsync(session =>
            {
                Plant(session, "conversations", Office, Row(ForgettableTables.Conversations, s_person));
                Plant(session, table.Table, Home, Row(table, s_stranger));
                if (table == ForgettableTables.FilePieces)
                {
                    Plant(session, "attachments", Home, Row(table, s_stranger));
                }

                Assert.Equal((0, 0), (sql.CountAll(session)[table.Kind], sql.Delete(session, table)));

                Take(session, "conversations");
                Assert.Equal((1, 1), (sql.CountAll(session)[table.Kind], sql.Delete(session, table)));
            });
        }
    }

    [Fact]
    public async Task A_group_is_among_somebodys_conversations_only_by_messages_of_the_tenant()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        await StoreAsync(HomeLine, Said(HomeLine, "1", "I am Ann", sender: "ann") with { Chat = group });
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "2", "I am Ben", sender: "ben") with { Chat = group })).Conversation;
        var ben = (await ThreadAsync(Home, conversation))[^1].Person!.Value;
        Assert.Equal(conversation, Assert.Single(await Ports.Records.ListConversationsAsync(Home, ben, Cancel)).Id);

        await HandOverAsync("messages");

        Assert.Empty(await Ports.Records.ListConversationsAsync(Home, ben, Cancel));
    }

    /// <summary>In a group of another tenant, or as another tenant's row in a group of this one.</summary>
    [Theory]
    [InlineData("conversations")]
    [InlineData("messages")]
    public async Task A_message_in_a_group_is_counted_and_emptied_only_within_the_tenant(string foreign)
    {
        var sql = new ScopeSql(Home, Scope(ErasureKind.Person));
        await WithPlantedAsync(session =>
        {
            Plant(session, "conversations", foreign == "conversations" ? Office : Home, Row(ForgettableTables.Conversations, s_stranger));
            Plant(session, "messages", foreign == "messages" ? Office : Home, Row(ForgettableTables.GroupMessages, s_person));
            Assert.Equal((0, 0, 0), Reached());

            Take(session, foreign);
            Assert.Equal((1, 1, 1), Reached());

            (long, int, long) Reached() => (
                sql.CountAll(session)[Forgettable.Messages], sql.GroupsOfOthers(session).Count,
                sql.Empty(session, ForgettableTables.GroupMessages, DateTimeOffset.UnixEpoch, 1));
        });
    }

    [Theory]
    [InlineData("conversations")]
    [InlineData("outbox")]
    public async Task What_waits_for_a_group_is_counted_and_deleted_only_within_the_tenant(string foreign)
    {
        var sql = new ScopeSql(Home, Scope(ErasureKind.Person));
        var sends = ForgettableTables.Plain.Single(table => table.Table == "outbox");
        await WithPlantedAsync(session =>
        {
            Plant(session, "conversations", foreign == "conversations" ? Office : Home, Row(ForgettableTables.Conversations, s_stranger));
            Plant(session, "outbox", foreign == "outbox" ? Office : Home, Row(sends, s_person));
            Assert.Equal((0, 0), (sql.CountAll(session)[Forgettable.Sends], sql.Delete(session, sends)));

            Take(session, foreign);
            Assert.Equal((1, 1), (sql.CountAll(session)[Forgettable.Sends], sql.Delete(session, sends)));
        });
    }

    [Fact]
    public async Task A_piece_of_a_file_of_another_tenant_is_neither_counted_nor_deleted()
    {
        var sql = new ScopeSql(Home, Scope(ErasureKind.Person));
        await WithPlantedAsync(session =>
        {
            Plant(session, "attachments", Office, Row(ForgettableTables.FilePieces, s_person));
            Plant(session, "attachment_chunks", Home, Row(ForgettableTables.FilePieces, s_person));
            Assert.Equal((0, 0), (sql.CountAll(session)[Forgettable.FilePieces], sql.Delete(session, ForgettableTables.FilePieces)));

            Take(session, "attachments");
            Assert.Equal((1, 1), (sql.CountAll(session)[Forgettable.FilePieces], sql.Delete(session, ForgettableTables.FilePieces)));
        });
    }

    [Theory]
    [InlineData(ErasureKind.Person, "")]
    [InlineData(ErasureKind.Conversation, "")]
    [InlineData(ErasureKind.Conversation, "/1")]
    [InlineData(ErasureKind.Message, "")]
    public async Task Proofs_and_answers_of_another_tenant_stay(ErasureKind kind, string part)
    {
        var sql = new ScopeSql(Home, Scope(kind));
        await WithPlantedAsync(session =>
        {
            Plant(session, "step_ups", Office, Values(("subject", $"{Scope(kind).Subject}{part}")));
            Plant(session, "idempotency", Office, Values(("sealed_body", new byte[] { 1 }), ("claimed_at", 1L)));
            Assert.Equal((0, 0), Named(sql.CountAll(session)));
            Assert.Equal((0, 0), Named(sql.DeleteRoots(session, DateTimeOffset.UnixEpoch.AddSeconds(1))));

            Take(session, "step_ups");
            Take(session, "idempotency");
            Assert.Equal((1, 1), Named(sql.CountAll(session)));
            Assert.Equal((1, 1), Named(sql.DeleteRoots(session, DateTimeOffset.UnixEpoch.AddSeconds(1))));
        });

        static (long, long) Named(ErasureCounts counts) => (counts[Forgettable.Proofs], counts[Forgettable.KeptAnswers]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Another_tenants_conversation_has_no_name_and_no_place_here(ErasureKind kind)
    {
        var sql = new ScopeSql(Home, Scope(kind));
        await WithPlantedAsync(session =>
        {
            Plant(session, "people", Home, Values(("id", kind == ErasureKind.Person ? s_stranger : s_person)));
            Plant(session, "people", Office, Values(("id", kind == ErasureKind.Person ? s_person : s_stranger)));
            Plant(session, "conversations", Office, Row(ForgettableTables.Conversations, s_person));
            Assert.Null(sql.FindName(session));
            Assert.Empty(sql.Places(session));

            Take(session, "people");
            Take(session, "conversations");
            Assert.NotNull(sql.FindName(session));
            Assert.Single(sql.Places(session));
        });
    }

    /// <summary>Entries of both tenants lie between each other, in the lists of one person.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_the_search_index_the_tenants_own_entries_go(ErasureKind kind)
    {
        var sql = new ScopeSql(Home, Scope(kind));
        await WithPlantedAsync(session =>
        {
            PlantTheirs(session, ForgettableTables.SearchEntries);
            PlantEntries(session, (1, Office), (2, Home), (3, Office));

            var counted = sql.CountAll(session);
            var (deleted, after) = sql.DeleteSearch(session, 0);

            Assert.Equal((1, 1), (counted[Forgettable.SearchPostings], counted[Forgettable.SearchEntries]));
            Assert.Equal((1, 1, 2), (deleted[Forgettable.SearchPostings], deleted[Forgettable.SearchEntries], after));
            Assert.Equal([1, 3], session.Query("SELECT entry_id FROM search_postings ORDER BY 1", r => r.GetInt64(0)));
            Assert.Equal([1, 3], session.Query("SELECT id FROM search_entries ORDER BY 1", r => r.GetInt64(0)));
        });
    }

    /// <summary>In a group each entry is found through the lists of whoever wrote it; those of other entries in the same lists stay.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_the_search_index_the_lists_of_all_who_wrote_are_emptied(ErasureKind kind)
    {
        var sql = new ScopeSql(Home, Scope(kind));
        var (own, _) = SearchKey.RangeOf(s_person);
        var (strangers, _) = SearchKey.RangeOf(s_stranger);
        await WithPlantedAsync(session =>
        {
            PlantTheirs(session, ForgettableTables.SearchEntries);
            PlantEntries(session, (1, Home));
            PlantEntries(session, s_stranger, s_conversation, [.. Enumerable.Range(2, 20).Select(id => ((long)id, Home))]);
            PlantEntries(session, s_stranger, s_stranger, (30, Home));
            session.Execute("INSERT INTO search_postings (key, entry_id) VALUES (@p0, 2), (@p0, 30)", strangers + 1);

            var counted = sql.CountAll(session);
            var (deleted, after) = sql.DeleteSearch(session, 0);

            Assert.Equal((22, 21), (counted[Forgettable.SearchPostings], counted[Forgettable.SearchEntries]));
            Assert.Equal((22, 21, 21), (deleted[Forgettable.SearchPostings], deleted[Forgettable.SearchEntries], after));
            Assert.Equal(
                [(strangers, 30), (strangers + 1, 30)], session.Query("SELECT key, entry_id FROM search_postings ORDER BY 1", r => (r.GetInt64(0), r.GetInt64(1))));
            Assert.NotEqual(own, strangers);
        });
    }

    [Fact]
    public async Task A_tenant_that_is_not_searched_any_more_takes_its_own_entries_out()
        => await WithPlantedAsync(session =>
        {
            PlantEntries(session, (1, Office), (2, Home), (3, Office), (4, Home));

            Assert.Equal(2, SearchClearing.ClearSome(session, Home));

            Assert.Equal([1, 3], session.Query("SELECT entry_id FROM search_postings ORDER BY 1", r => r.GetInt64(0)));
            Assert.Equal([1, 3], session.Query("SELECT id FROM search_entries ORDER BY 1", r => r.GetInt64(0)));
        });

    private static ErasureScope Scope(ErasureKind kind) => kind switch
    {
        ErasureKind.Person => new ErasureScope(kind, s_person),
        ErasureKind.Conversation => new ErasureScope(kind, s_conversation),
        _ => new ErasureScope(kind, s_conversation, 1),
    };

    /// <summary>What a row of the table is found from, in its own tenant.</summary>
    private static void PlantTheirs(WriteSession session, ForgettableTable table)
    {
        if (table.Table != "conversations")
        {
            Plant(session, "conversations", Home, Row(ForgettableTables.Conversations, s_person));
        }

        if (table == ForgettableTables.FilePieces)
        {
            Plant(session, "attachments", Home, Row(table, s_person));
        }
    }

    private static void PlantEntries(WriteSession session, params (long Id, TenantId Tenant)[] entries)
        => PlantEntries(session, s_person, s_conversation, entries);

    private static void PlantEntries(WriteSession session, Guid person, Guid conversation, params (long Id, TenantId Tenant)[] entries)
    {
        var (first, _) = SearchKey.RangeOf(person);
        foreach (var (id, tenant) in entries)
        {
            Plant(session, "search_entries", tenant, Values(("id", id), ("person_id", person), ("conversation_id", conversation), ("seq", 1L)));
            session.Execute("INSERT INTO search_postings (key, entry_id) VALUES (@p0, @p1)", first, id);
        }
    }

    private static Dictionary<string, SqlValue> Row(ForgettableTable table, Guid person) => Values(
        ("id", table == ForgettableTables.People ? person : table == ForgettableTables.SearchEntries ? 1L : s_conversation),
        ("person_id", person), ("first_id", person), ("used_by", person), ("conversation_id", s_conversation), ("source_conversation_id", s_conversation),
        ("seq", 1L), ("message_seq", 1L), ("source_seq", 1L), ("number", 1L), ("is_note", table == ForgettableTables.Notes));

    private static Dictionary<string, SqlValue> Values(params (string Column, SqlValue Value)[] values)
        => values.ToDictionary(pair => pair.Column, pair => pair.Value, StringComparer.Ordinal);

    private static void Take(WriteSession session, string table) => session.Execute($"UPDATE {table} SET tenant_id = @p0", Home.Value);
}
