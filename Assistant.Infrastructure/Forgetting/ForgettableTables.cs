using Assistant.Domain.Forgetting;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>A table that holds something of somebody, and which of its rows belong to what is forgotten.</summary>
/// <param name="Key">Columns of its primary key.</param>
/// <param name="OfPerson">
/// Condition over <c>@p0</c>, the tenant, and <c>@p1</c>, the person; <see langword="null"/> where a person has the rows of their conversations and each
/// conversation is asked for by itself: a list of them does not have SQLite use the primary key, which begins with the conversation.
/// </param>
/// <param name="OfConversation">The same with <c>@p1</c>, the conversation; <see langword="null"/> when a conversation has no rows of its own there.</param>
/// <param name="OfMessage">The same with <c>@p1</c>, the conversation, and <c>@p2</c>, the message.</param>
internal sealed record ForgettableTable(string Table, Forgettable Kind, string Key, string? OfPerson, string? OfConversation = null, string? OfMessage = null)
{
    /// <summary>Rows deleted in one transaction at most: the one writer is needed by others too.</summary>
    public const int MostRows = 500;

    /// <summary>The same for this table, whose rows may be large.</summary>
    public int BatchSize { get; init; } = MostRows;

    /// <summary>
    /// What its rows hold goes, they stay: the conversation is a group, somebody else's, and is counted on without gaps. Condition over <c>@p0</c>,
    /// the tenant, <c>@p1</c>, the person, and <c>@p2</c>, the group, each of which is asked for by itself.
    /// </summary>
    public string? InGroup { get; init; }

    /// <summary>No key leads from a conversation to its rows: they are looked for along the primary key, once.</summary>
    public bool IsWalked { get; init; }

    public string? Condition(ErasureKind kind) => kind switch
    {
        ErasureKind.Person => OfPerson,
        ErasureKind.Conversation => OfConversation,
        _ => OfMessage,
    };

    public string? Count(ErasureKind kind)
        => Condition(kind) is { } condition ? $"SELECT COUNT(*) FROM {Table} WHERE tenant_id = @p0 AND {condition}" : null;

    public string? Delete(ErasureKind kind)
        => Condition(kind) is { } condition
            ? $"DELETE FROM {Table} WHERE ({Key}) IN (SELECT {Key} FROM {Table} WHERE tenant_id = @p0 AND {condition} LIMIT {BatchSize})"
            : null;

    public string CountInGroup() => $"SELECT COUNT(*) FROM {Table} WHERE tenant_id = @p0 AND {InGroup}";

    /// <summary>Over <c>@p3</c>, the time, and <c>@p4</c>, the position in the audit log.</summary>
    public string EmptyInGroup()
        => $"UPDATE {Table} SET body = NULL, text = '', buttons = NULL, attachments = NULL, author_name = '', deleted_at = @p3, position = @p4 "
            + $"WHERE ({Key}) IN (SELECT {Key} FROM {Table} WHERE tenant_id = @p0 AND {InGroup} LIMIT {BatchSize})";
}

/// <summary>Everything in which something of somebody lies. A test compares this with every table of the schema.</summary>
/// <remarks>
/// <see cref="Plain"/> is the order in which they are emptied; the search index follows, for a message that is there may still be entered;
/// conversations and people, from which everything is found, go last. Nothing of it is seen meanwhile: see <see cref="SqlErasureStore"/>.
/// </remarks>
internal static class ForgettableTables
{
    private const string TheirConversations = "(SELECT id FROM conversations WHERE tenant_id = @p0 AND person_id = @p1)";
    private const string Theirs = $"conversation_id IN {TheirConversations}";

    // A group belongs to whoever wrote there first.
    private const string InGroupsOfOthers =
        "person_id = @p1 AND conversation_id IN (SELECT id FROM conversations WHERE tenant_id = @p0 AND is_group AND person_id <> @p1)";

    // Of a person, also what others said in their conversations, which go; and what the person said, sent or reacted to in groups of others.
    private const string TheirsAnywhere = $"(person_id = @p1 OR {Theirs})";

    public static readonly ForgettableTable SearchEntries = new(
        "search_entries", Forgettable.SearchEntries, "id", TheirsAnywhere, "conversation_id = @p1", "conversation_id = @p1 AND seq = @p2");

    public static readonly ForgettableTable Messages = new(
        "messages", Forgettable.Messages, "conversation_id, seq", null, "conversation_id = @p1 AND NOT is_note",
        "conversation_id = @p1 AND seq = @p2 AND NOT is_note AND deleted_at IS NULL");

    public static readonly ForgettableTable Notes = new(
        "messages", Forgettable.Notes, "conversation_id, seq", null, "conversation_id = @p1 AND is_note",
        "conversation_id = @p1 AND seq = @p2 AND is_note AND deleted_at IS NULL");

    /// <summary>What somebody wrote, and was answered, in groups of others.</summary>
    public static readonly ForgettableTable GroupMessages = new(
        "messages", Forgettable.Messages, "conversation_id, seq", null)
    {
        InGroup = "conversation_id = @p2 AND person_id = @p1 AND NOT is_note AND deleted_at IS NULL",
    };

    public static readonly ForgettableTable Conversations = new(
        "conversations", Forgettable.Conversations, "id", "person_id = @p1", "id = @p1");

    public static readonly ForgettableTable Identities = new("identities", Forgettable.Identities, "id", "person_id = @p1");

    public static readonly ForgettableTable People = new("people", Forgettable.Persons, "id", "id = @p1");

    /// <summary>Pieces of files: a quarter of a megabyte each, so few in one transaction.</summary>
    public static readonly ForgettableTable FilePieces = new(
        "attachment_chunks", Forgettable.FilePieces, "conversation_id, seq, number, chunk",
        $"(conversation_id, seq, number) IN (SELECT conversation_id, seq, number FROM attachments WHERE tenant_id = @p0 AND {TheirsAnywhere})",
        "conversation_id = @p1", "conversation_id = @p1 AND seq = @p2")
    {
        BatchSize = 20,
    };

    /// <summary>Emptied by the key alone, batch by batch.</summary>
    public static IReadOnlyList<ForgettableTable> Plain { get; } =
    [
        new("outbox", Forgettable.Sends, "id", $"({Theirs} OR {InGroupsOfOthers})", "conversation_id = @p1", "conversation_id = @p1 AND message_seq = @p2"),
        new("inbox", Forgettable.Received, "id", Theirs, "conversation_id = @p1", "conversation_id = @p1 AND message_seq = @p2") { IsWalked = true },
        new("turns", Forgettable.Turns, "conversation_id, message_seq", Theirs, "conversation_id = @p1", "conversation_id = @p1 AND message_seq = @p2"),
        new("read_marks", Forgettable.ReadMarks, "conversation_id, user_id", Theirs, "conversation_id = @p1"),
        new("facts", Forgettable.Facts, "id", $"(person_id = @p1 OR source_conversation_id IN {TheirConversations})", "source_conversation_id = @p1", "source_conversation_id = @p1 AND source_seq = @p2"),
        new("pairing_requests", Forgettable.PairingRequests, "id", "person_id = @p1", "conversation_id = @p1"),
        new("standings", Forgettable.Standings, "connection_id, person_id", "person_id = @p1"),
        new("person_accounts", Forgettable.AccountLinks, "person_id", "person_id = @p1"),
        new("invitations", Forgettable.AccountInvitations, "id", "person_id = @p1"),
        new("link_codes", Forgettable.AccountCodes, "id", "used_by = @p1"),
        new("person_links", Forgettable.PersonLinks, "id", "(first_id = @p1 OR second_id = @p1)"),
        new("person_link_codes", Forgettable.PersonCodes, "id", "(person_id = @p1 OR used_by = @p1)"),
        new("person_acts", Forgettable.Acts, "id", "person_id = @p1", "conversation_id = @p1"),
        GroupMessages,
        Identities,
        FilePieces,
        new("attachments", Forgettable.Files, "conversation_id, seq, number", TheirsAnywhere, "conversation_id = @p1", "conversation_id = @p1 AND seq = @p2"),
        new("reactions", Forgettable.Reactions, "conversation_id, seq, person_id, external_id", TheirsAnywhere, "conversation_id = @p1", "conversation_id = @p1 AND seq = @p2"),
        Notes,
        Messages,
    ];

    /// <summary>Every table of the list.</summary>
    public static IReadOnlyList<ForgettableTable> All { get; } = [SearchEntries, .. Plain, Conversations, People];

    /// <summary>Tables with rows of somebody that are found otherwise than by a condition.</summary>
    public static IReadOnlyDictionary<string, Forgettable> Others { get; } = new Dictionary<string, Forgettable>
    {
        ["search_postings"] = Forgettable.SearchPostings, // by the entries they lead to
        ["step_ups"] = Forgettable.Proofs, // by the subject's name
        ["idempotency"] = Forgettable.KeptAnswers, // emptied, not deleted: the keys go on keeping a request from being done twice
    };

    /// <summary>Tables in which nothing of somebody lies, or that stay, and why.</summary>
    public static IReadOnlyDictionary<string, string> Kept { get; } = new Dictionary<string, string>
    {
        ["erasures"] = "ids and counts: what shows that something was forgotten",
        ["person_keys"] = "stays without its key, so that no second one is made",
        ["audit_events"] = "ids, never text; what earlier versions wrote holds the name of who wrote, and the chain forbids to change it",
        ["audit_heads"] = "hashes, and the key of the events' bodies",
        ["audit_filters"] = "what who works at the console looks for, sealed; deleted by them",
        ["audit_keys"] = "the log's own key",
        ["audit_checkpoints"] = "hashes",
        ["audit_witness_positions"] = "numbers",
        ["audit_tiles"] = "hashes",
        ["audit_trees"] = "numbers",
        ["projections"] = "numbers",
        ["connections"] = "the tenant's accounts on messengers",
        ["chat_identities"] = "keys of connections; a visitor has none that is stored",
        ["engines"] = "the tenant's engines",
        ["tenants"] = "departments",
        ["users"] = "who works at the console; ended by whoever manages users",
        ["memberships"] = "who works at the console",
        ["user_sessions"] = "who works at the console",
        ["known_devices"] = "who works at the console",
        ["roles"] = "names of permissions",
        ["api_keys"] = "programs",
        ["passkeys"] = "who works at the console",
        ["external_logins"] = "who works at the console",
        ["passkey_ceremonies"] = "who works at the console",
        ["data_keys"] = "keys of tenants",
        ["installation_key"] = "the check value of the master key",
    };

    /// <summary>What holds something of somebody beside the tables, and what becomes of it there.</summary>
    public static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>
    {
        ["turns that think"] = "halted when the erasure begins; what they come to is not written under the new version",
        ["opened keys"] = "wiped when the erasure begins, and within two minutes where a read was under way or in another process; nothing is opened with them",
        ["sends under way"] = "those that have begun end, the others find no row",
        ["live feed"] = "events on their way to open screens, read within moments; screens are told to read again",
        ["web chat sessions"] = "hold the conversation's id; the page reads the store again",
        ["limits at the door"] = "count by the messenger's ids, in memory, the least recent dropped",
        ["engines and their circuits"] = "remember no text between two calls",
        ["visitor tokens"] = "signed, not stored; one that comes again is a stranger's",
        ["log files and traces"] = "ids; texts only at the level Trace, which is off",
        ["files in the data folder"] = "keys, the installation's name and witnesses' checkpoints; no file of anybody: those lie in the database",
        ["database file, log and free pages"] = "overwritten or freed afterwards, see StorageRest",
    };
}
