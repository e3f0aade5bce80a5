using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Nothing anybody said or was answered can be read from the database alone, nor moved within it.</summary>
public abstract class SealedBodyTests : PathContract
{
    private readonly List<string> _canaries = [];

    private TestHouse House => (TestHouse)Ports.Owner!;

    [Fact]
    public async Task Fifty_canaries_of_every_kind_are_in_no_table_and_no_file()
    {
        await SayEverythingAsync();
        await Ports.ProjectAsync(Cancel);

        Assert.True(_canaries.Count >= 50, $"{_canaries.Count} canaries");
        var stored = await ReadEverythingAsync();
        Assert.Contains("Li Wei", stored.Values.SelectMany(texts => texts).First(text => text.Contains("Li Wei", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.True(stored.Count > 25, $"{stored.Count} places");
        var hits = from place in stored from text in place.Value from canary in _canaries where Holds(text, canary) select $"{canary} in {place.Key}";
        Assert.Empty(hits);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_canaries.Count} canaries, {stored.Count} places, {stored.Values.Sum(texts => texts.Sum(text => (long)text.Length))} characters, 0 hits");
    }

    [Fact]
    public async Task A_body_that_was_moved_to_another_row_does_not_open()
    {
        var conversation = await HearAsync(HomeLine, "1", "lend him ten");
        await HearAsync(HomeLine, "2", "lend him a thousand");
        await ExecuteAsync("UPDATE messages SET body = (SELECT body FROM messages WHERE seq = 2) WHERE seq = 1");

        await Assert.ThrowsAsync<SealBrokenException>(() => ThreadAsync(Home, conversation));
    }

    [Fact]
    public async Task A_turn_does_not_begin_with_words_whose_key_is_gone()
    {
        var conversation = await HearAsync(HomeLine, "1", "lend him ten");
        await ExecuteAsync("DELETE FROM person_keys");

        await Assert.ThrowsAsync<SealBrokenException>(() => Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_body_that_was_moved_to_another_tenant_does_not_open_even_with_its_key()
    {
        await HearAsync(HomeLine, "1", "the safe is behind the painting");
        var office = await HearAsync(OfficeLine, "1", "hello");
        await ExecuteAsync(
            "INSERT INTO person_keys (tenant_id, person_id, wrapped, created_at) SELECT 'office', person_id, wrapped, created_at FROM person_keys WHERE tenant_id = 'default'");
        await ExecuteAsync(
            "UPDATE messages SET body = (SELECT body FROM messages WHERE tenant_id = 'default'), person_id = (SELECT person_id FROM messages WHERE tenant_id = 'default') WHERE tenant_id = 'office'");

        await Assert.ThrowsAsync<SealBrokenException>(() => ThreadAsync(Office, office));
    }

    [Fact]
    public async Task Rows_of_an_earlier_version_are_read_and_then_sealed_wherever_it_was_cut_off()
    {
        var conversation = await HearAsync(HomeLine, "1", "sealed from the start");
        await AnswerAsync(conversation, "an answer");
        for (var seq = 3; seq <= 450; seq++)
        {
            await HearAsync(HomeLine, seq.ToString(CultureInfo.InvariantCulture), "x");
        }

        await ExecuteAsync("UPDATE messages SET body = NULL, person_id = NULL, text = 'plain canary ' || seq WHERE seq > 1");
        await ExecuteAsync("UPDATE outbox SET body = NULL, person_id = NULL, text = 'plain canary of the outbox'");
        Assert.Equal("plain canary 450", (await ThreadAsync(Home, conversation))[^1].Body.Markdown);

        // A kill after some pages: they are sealed, and nothing was noted.
        await House.SealPlainAsync(Cancel);
        await ExecuteAsync("DELETE FROM projections WHERE name = 'sealed'");
        await ExecuteAsync("UPDATE messages SET body = NULL, person_id = NULL, text = 'plain canary ' || seq WHERE seq > 250");

        Assert.Equal(200, await House.SealPlainAsync(Cancel));
        Assert.Equal(0, await House.SealPlainAsync(Cancel));
        var thread = await Ports.Queries.ReadThreadAsync(Home, conversation, null, 500, Cancel);
        Assert.Equal(["sealed from the start", "plain canary 2", "plain canary 3"], thread.Take(3).Select(m => m.Body.Markdown));
        Assert.Equal("plain canary 450", thread[^1].Body.Markdown);
        await CheckpointAsync();
        Assert.DoesNotContain((await ReadEverythingAsync()).SelectMany(place => place.Value), text => Holds(text, "plain canary"));
    }

    [Fact]
    public async Task Rows_of_an_earlier_version_are_sealed_in_one_tenant_after_the_other()
    {
        foreach (var line in new[] { HomeLine, OfficeLine })
        {
            var start = await BeginAsync(await HearAsync(line, "1", "sealed from the start"));
            var fact = new Fact(Guid.CreateVersion7(Ports.Clock.GetUtcNow()), line.Tenant, start.Person.Id, "a fact", start.Utterance.At, start.Conversation.Id, start.Utterance.Seq);
            await Ports.Turns.CommitAsync(Answer(start, "an answer") with { NewFacts = [fact] }, Cancel);
        }

        await ExecuteAsync("UPDATE messages SET body = NULL, person_id = NULL, text = 'plain'");
        await ExecuteAsync("UPDATE outbox SET body = NULL, person_id = NULL, text = 'plain'");
        await ExecuteAsync("UPDATE inbox SET pressed = NULL, data = 'plain'");
        await ExecuteAsync("UPDATE facts SET body = NULL, text = 'plain'");

        // Two messages, an answer to be sent, what was pressed, and a fact.
        Assert.Equal(5, await House.SealPlainAsync(Home, Cancel));
        Assert.Equal(5, await House.SealPlainAsync(Office, Cancel));
    }

    [Fact]
    public async Task A_key_that_another_tenant_keeps_under_the_same_id_opens_nothing_and_is_not_counted()
    {
        var conversation = await HearAsync(OfficeLine, "1", "office talk");
        var person = (await BeginAsync(conversation)).Person.Id;
        await Ports.Persons.SealAsync(Home, person, "nowhere", "makes a key"u8.ToArray(), Cancel);
        await Ports.ProjectAsync(Cancel);

        Assert.Equal("office talk", Assert.Single(await ThreadAsync(Office, conversation)).Body.Markdown);
        Assert.Single((await Ports.Queries.ListAsync(Office, Anna.Id, new ConversationFilter(Text: "office"), null, 10, Cancel)).Items);

        // Of two rows the other tenant's is found first, by age as by name.
        await ExecuteAsync("DELETE FROM person_keys WHERE tenant_id = 'office'");
        await ForgetAsync(Office, person);
        var preview = (await Ports.Erasures.PreviewAsync(Office, ErasureScope.Of(person), Cancel))!;
        var begun = await Ports.Erasures.BeginAsync(
            ErasureId.Create(), preview.Scope, preview.Digest, preview.KeptEvents, Draft(Office, AuditActions.ErasureBegun, preview.Scope.Subject), Cancel);
        Assert.Equal(0, Assert.IsType<BeginErasureOutcome.Begun>(begun).Erasure.KeysDestroyed);
    }

    private async Task SayEverythingAsync()
    {
        ConversationId conversation = default;
        for (var i = 0; i < 12; i++)
        {
            conversation = await HearAsync(HomeLine, $"in-{i}", Canary("said"));
            await AnswerAsync(conversation, Canary("answer"), Canary("part"));
        }

        await StoreAsync(HomeLine, Said(HomeLine, "in-0", "") with { DedupeKey = "e", Content = new InboundContent.Edited(Canary("edited")), SentAt = Ports.Clock.GetUtcNow().AddSeconds(1) });
        await StoreAsync(HomeLine, Said(HomeLine, "p", "") with { DedupeKey = "p", Content = new InboundContent.Pressed(Canary("data"), Canary("label")) });
        var pressed = await BeginAsync(conversation);
        Assert.Equal(_canaries[^2], Assert.IsType<InboundContent.Pressed>(pressed.Entry.Content).Data);
        var fact = new Fact(Guid.CreateVersion7(Ports.Clock.GetUtcNow()), Home, pressed.Person.Id, Canary("fact"), pressed.Utterance.At, conversation, pressed.Utterance.Seq);
        var reply = new MessageBody(Canary("choose"), [new MessageButton(Canary("button"), Canary("choice"))]);
        await Ports.Turns.CommitAsync(Answer(pressed) with { Reply = reply, Parts = [reply], NewFacts = [fact] }, Cancel);
        await StoreAsync(HomeLine, Said(HomeLine, "file", "") with
        {
            Content = new InboundContent.Said(Canary("caption"), [new Attachment("file", Canary("reference"), Canary("name"), "text/plain", 3)])
            {
                Quote = new QuotedWords(Canary("quote"), Canary("quoted-from")),
            },
        });
        await Ports.Inbox.DeadLetterAsync((await BeginAsync(conversation)).Entry, new Phrase.Verbatim("no"), Cancel);
        await HearAsync(HomeLine, "last", Canary("last"));
        await AnswerAsync(conversation, Canary("held"));
        await TakeOverAsync(Home, conversation, Anna);
        var body = new MessageBody(Canary("operator"));
        await Ports.Conversations.ReplyAsync(Home, conversation, Anna, new OperatorReply(body, [body]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel);
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, Canary("note"), Draft(Home, AuditActions.NoteAdded, "x"), Cancel);
        var pairing = await ConnectAsync(Home, "pairing-line", AccessPolicy.Pairing);
        await Ports.Inbox.StoreAsync(
            pairing, Said(pairing, "1", "hello", "chat-9", "user-9"),
            _ => new Admission.Pair(new PairingCode("ABC234", Ports.Clock.GetUtcNow().AddHours(1)), Canary("notice")), Cancel);
        Assert.Contains(await ThreadAsync(Home, conversation), m => m.Body.Markdown.Contains(_canaries[1], StringComparison.Ordinal));
    }

    private string Canary(string kind)
    {
        _canaries.Add(string.Create(CultureInfo.InvariantCulture, $"canary-{kind}-{_canaries.Count:000}-锅炉"));
        return _canaries[^1];
    }

    // As text, as bytes read as Latin-1, and as the digits PostgreSQL shows bytes in.
    private static bool Holds(string stored, string canary)
    {
        var bytes = Encoding.UTF8.GetBytes(canary);
        return stored.Contains(canary, StringComparison.Ordinal) || stored.Contains(Encoding.Latin1.GetString(bytes), StringComparison.Ordinal)
            || stored.Contains(Convert.ToHexStringLower(bytes), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<Dictionary<string, List<string>>> ReadEverythingAsync()
    {
        await using var context = House.Get<IDatabase>().OpenContext(TenantScope.System);
        var isPostgres = House.Get<IDatabase>().IsPostgres;
        var found = new Dictionary<string, List<string>>();
        foreach (var table in context.Model.GetEntityTypes())
        {
            var columns = table.GetProperties().Select(p => isPostgres ? $"coalesce({p.GetColumnName()}::text, '')" : $"coalesce(hex({p.GetColumnName()}), '')");
            var rows = await House.Get<IReadPool>().ReadAsync(
                TenantScope.System, session => session.Query($"SELECT {string.Join(" || '|' || ", columns)} FROM {table.GetTableName()}", r => r.GetString(0)), Cancel);
            found.Add(table.GetTableName()!, isPostgres ? rows : rows.ConvertAll(Unhex));
        }

        foreach (var file in House.Folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            using var open = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes, Cancel);
            found.Add(file.Name, [Encoding.Latin1.GetString(bytes)]);
        }

        return found;
    }

    private static string Unhex(string row) => string.Join('|', row.Split('|').Select(hex => Encoding.Latin1.GetString(Convert.FromHexString(hex))));

    // The log still holds pages as they were until it is written back and cut.
    private async Task CheckpointAsync()
    {
        if (!House.Get<IDatabase>().IsPostgres)
        {
            await using var connection = House.Get<IDatabase>().Open(forWriting: true);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    private Task<int> ExecuteAsync(string sql) => House.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql), Cancel);
}

public sealed class SqliteSealedBodyTests : SealedBodyTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresSealedBodyTests : SealedBodyTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
