using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security.Keys;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Verifier;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

/// <summary>Forgetting over real databases: the bytes, the keys, the certificate, and what stops at any step of it.</summary>
public sealed class ForgettingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_person_was_forgotten_their_words_are_in_no_byte_of_the_database_file()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var words = Enumerable.Range(0, 200).Select(i => $"kanarie{Guid.CreateVersion7():N}").ToArray();
        var (person, _) = await house.LiveAsync("Li", words);
        await house.LiveAsync("Bo", "stays-here");

        var (_, erasure) = await house.ForgetAsync(ErasureScope.Of(person));

        Assert.Contains("\nstorage overwritten\n", erasure.Certificate!, StringComparison.Ordinal);
        var bytes = await ReadFolderAsync(house);
        Assert.Contains("Name Bo", bytes, StringComparison.Ordinal); // the files were read at all: names lie plain, what is said does not
        Assert.All(words, word => Assert.DoesNotContain(word, bytes, StringComparison.Ordinal));
        Assert.DoesNotContain("Name Li", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_opened_key_leaves_the_memory_when_forgetting_begins_and_those_of_others_stay()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var bodies = house.House.Get<BodySealer>();
        var (person, _) = await house.LiveAsync("Li", "one");
        await house.LiveAsync("Bo", "two");
        var kept = bodies.KeptKeys;
        var desk = house.House.Get<ForgettingDesk>();
        var preview = (await desk.PreviewAsync(ForgettingHouse.Machine, ErasureScope.Of(person), Cancel))!;

        Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(ForgettingHouse.Machine, ErasureScope.Of(person), preview.Digest, Cancel));

        Assert.Equal((2, 1), (kept, bodies.KeptKeys));
    }

    [Fact]
    public async Task An_export_has_nothing_that_persons_linked_with_them_had_remembered()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var (li, _) = await house.LiveAsync("Li", "tea");
        var (bo, _) = await house.LiveAsync("Bo", "coffee");
        var now = house.House.Clock.GetUtcNow();
        var link = PersonLink.Between(ForgettingHouse.Home, li, bo, LinkProof.Operator, now);
        Assert.Equal(JoinOutcome.Linked, await house.House.Get<IPersonLinkStore>().LinkAsync(link, ForgettingHouse.Machine.Audit(now, AuditActions.PersonLinked, $"person/{li}"), Cancel));
        Assert.Equal(2, (await house.House.Get<IRecall>().ListFactsAsync(ForgettingHouse.Home, li, 10, Cancel)).Count);

        using var written = new MemoryStream();
        await house.House.Get<PersonExport>().WriteJsonAsync((await house.House.Get<IPeopleStore>().FindAsync(ForgettingHouse.Home, li, Cancel))!, written, Cancel);

        using var json = JsonDocument.Parse(written.ToArray());
        Assert.Equal("tea matters", Assert.Single(json.RootElement.GetProperty("facts").EnumerateArray()).GetProperty("text").GetString());
        Assert.Equal(bo.Value, Assert.Single(json.RootElement.GetProperty("links").EnumerateArray()).GetProperty("person").GetGuid());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_off_after_any_step_it_is_gone_on_with_and_counts_the_same(bool onPostgres)
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres);
        var store = house.House.Get<IErasureStore>();
        for (var steps = 0; ; steps++)
        {
            var (person, conversation) = await house.LiveAsync($"user-{steps}", "one", "two", "three");
            var desk = house.House.Get<ForgettingDesk>();
            var preview = (await desk.PreviewAsync(ForgettingHouse.Machine, ErasureScope.Of(person), Cancel))!;
            var id = Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(ForgettingHouse.Machine, ErasureScope.Of(person), preview.Digest, Cancel)).Erasure.Id;
            var isDone = false;
            for (var step = 0; step < steps && !isDone; step++)
            {
                isDone = !await store.ContinueAsync(ForgettingHouse.Home, id, Cancel);
            }

            // Whoever comes next knows nothing but what is stored; and two may come at once.
            var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => house.Runner.RunAsync(ForgettingHouse.Home, id, Cancel)));

            Assert.Equal(preview.Counts, runs[0]!.Counts);
            Assert.Equal(runs[0]!.Certificate, runs[1]!.Certificate);
            Assert.Empty(await house.House.Ports.Queries.ReadSinceAsync(ForgettingHouse.Home, conversation, 0, 10, Cancel));
            if (isDone)
            {
                Assert.True(steps >= 8, $"{steps} steps");
                return;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_key_is_destroyed_with_the_beginning_and_no_second_one_is_made(bool onPostgres)
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres);
        var (person, _) = await house.LiveAsync("Li", "word");
        var sealer = house.House.Get<IPersonSealer>();
        var kept = await sealer.SealAsync(ForgettingHouse.Home, person, "backup/1", "an old copy"u8.ToArray(), Cancel);

        var (_, erasure) = await house.ForgetAsync(ErasureScope.Of(person));

        Assert.Equal(1, erasure.KeysDestroyed);
        Assert.Null(await sealer.OpenAsync(ForgettingHouse.Home, person, "backup/1", kept, Cancel));
        await Assert.ThrowsAsync<PersonKeyDestroyedException>(() => sealer.SealAsync(ForgettingHouse.Home, person, "backup/1", "again"u8.ToArray(), Cancel));
    }

    [Fact]
    public async Task An_outsider_verifies_the_certificate_alone_and_against_the_log()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var (person, _) = await house.LiveAsync("Li", "one", "two");
        var (preview, erasure) = await house.ForgetAsync(ErasureScope.Of(person));
        var key = (await house.House.Get<ICheckpointSigner>().ReadKeyAsync(ForgettingHouse.Home, Cancel)).ToString();
        var export = await ExportAsync(house);

        Assert.Equal((0, $"GENUINE: person/{person} was forgotten"), Verify(erasure.Certificate!, key, null) is var (code, text) ? (code, text.Split(';')[0]) : default);
        Assert.Equal(0, Verify(erasure.Certificate!, key, export).Code);
        Assert.All(preview.Counts.All, count => Assert.Contains($"\ncount {ErasureCounts.Name(count.Key)} {count.Value}\n", erasure.Certificate!, StringComparison.Ordinal));
        Assert.DoesNotContain("Li Wei", erasure.Certificate!, StringComparison.Ordinal);

        // Each line of it, changed, breaks the signature; and each line of the log that it names, the comparison.
        var lines = erasure.Certificate!.Split('\n');
        for (var i = 1; i < lines.TakeWhile(line => line.Length > 0).Count(); i++)
        {
            var changed = lines.Select((line, at) => at == i ? line + "1" : line);
            Assert.NotEqual(0, Verify(string.Join('\n', changed), key, null).Code);
        }

        foreach (var seq in new[] { erasure.BegunSeq, erasure.ErasedSeq })
        {
            var without = export.Split('\n').Where(line => !line.StartsWith($"{{\"seq\":{seq},", StringComparison.Ordinal));
            Assert.Equal(1, Verify(erasure.Certificate!, key, string.Join('\n', without)).Code);
        }

        Assert.Equal(1, Verify(erasure.Certificate!, key, export.Replace("\"messages\":\"4\"", "\"messages\":\"3\"", StringComparison.Ordinal)).Code);
    }

    [Fact]
    public async Task A_certificate_is_no_checkpoint_and_a_checkpoint_no_certificate()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var (person, _) = await house.LiveAsync("Li", "one");
        var (_, erasure) = await house.ForgetAsync(ErasureScope.Of(person));
        var signer = house.House.Get<ICheckpointSigner>();
        var key = await signer.ReadKeyAsync(ForgettingHouse.Home, Cancel);
        var checkpoint = await signer.SignAsync(ForgettingHouse.Home, new TreeHead(key.Name, 1, new byte[32]).Text, Cancel);

        Assert.True(signer.Verify(SignedNote.Parse(erasure.Certificate!), key));
        Assert.Throws<FormatException>(() => TreeHead.Parse(SignedNote.Parse(erasure.Certificate!).Text));
        Assert.Equal(2, Verify(checkpoint, key.ToString(), null).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_read_for_the_index_before_it_was_forgotten_does_not_come_back_as_an_entry(bool onPostgres)
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres);
        var (person, conversation) = await house.LiveAsync("Li", "one", "two");
        await house.ForgetAsync(ErasureScope.Of(conversation, 1));
        await house.House.Ports.ProjectAsync(Cancel);

        var left = (await house.House.Get<IErasureStore>().PreviewAsync(ForgettingHouse.Home, ErasureScope.Of(person), Cancel))!.Counts;
        Assert.Equal(4, left[Forgettable.Messages]); // the blank one is among them
        Assert.Equal(4, left[Forgettable.SearchEntries]); // three messages and a note
    }

    [Fact]
    public async Task A_kept_answer_goes_on_keeping_its_request_from_being_done_twice_without_repeating_what_it_said()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var (person, _) = await house.LiveAsync("Li", "one");
        var answers = house.House.Get<IIdempotencyStore>();
        var request = new IdempotentRequest(ForgettingHouse.Home, "apikey/1", "POST /api/v1/conversations/1/reply", "k1", "fingerprint");
        await answers.BeginAsync(request, Cancel);
        await answers.CompleteAsync(request, new StoredAnswer(201, "application/json", "{\"text\":\"one\"}"u8.ToArray()), Cancel);

        var (_, erasure) = await house.ForgetAsync(ErasureScope.Of(person));

        Assert.Equal(1, erasure.Counts[Forgettable.KeptAnswers]);
        var again = Assert.IsType<IdempotencyClaim.Answered>(await answers.BeginAsync(request, Cancel)).Answer;
        Assert.Equal((201, null, 0), (again.Status, again.ContentType, again.Body.Length));
    }

    private static async Task<string> ReadFolderAsync(ForgettingHouse house)
    {
        var folder = house.House.Get<DataFolder>().Path;
        var text = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync(Cancel));
        }

        return text.ToString();
    }

    private static async Task<string> ExportAsync(ForgettingHouse house)
    {
        await using var text = new StringWriter();
        var log = house.House.Get<IAuditLog>();
        await AuditExport.WriteAsync(ForgettingHouse.Home, log.ReadAsync(ForgettingHouse.Home, 1, Cancel), text, house.House.Clock.GetUtcNow(), null, Cancel);
        return text.ToString();
    }

    private static (int Code, string Text) Verify(string certificate, string key, string? export)
    {
        var folder = Directory.CreateTempSubdirectory("assistant-certificate-");
        try
        {
            var (file, log) = (Path.Combine(folder.FullName, "certificate.txt"), Path.Combine(folder.FullName, "audit.jsonl"));
            File.WriteAllText(file, certificate);
            List<string> arguments = ["certificate", file, "--key", key];
            if (export is not null)
            {
                File.WriteAllText(log, export);
                arguments.AddRange(["--export", log]);
            }

            using var output = new StringWriter();
            return (VerifierProgram.Run(arguments, output, output), output.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
