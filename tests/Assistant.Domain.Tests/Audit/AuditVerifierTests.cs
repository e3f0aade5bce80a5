using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using FsCheck.Xunit;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class AuditVerifierTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_untouched_chain_is_intact_and_yields_its_head()
    {
        var chain = Chain(5);

        var intact = Assert.IsType<AuditVerdict.Intact>(await Verify(chain, Checkpoint(chain, 2), Checkpoint(chain, 5)));

        Assert.Equal(Checkpoint(chain, 5), intact.Head);
    }

    [Fact]
    public async Task An_empty_chain_is_intact()
        => Assert.Equal(0, Assert.IsType<AuditVerdict.Intact>(await Verify([])).Head.Seq);

    [Fact]
    public async Task An_edited_event_is_named()
    {
        var chain = Chain(6);
        chain[3] = Edited(chain[3]);

        Assert.Equal(new AuditVerdict.Broken(4, AuditBreak.Edited), await Verify(chain));
    }

    [Fact]
    public async Task An_edited_event_with_a_hash_made_to_fit_is_named()
    {
        var chain = Chain(6);
        chain[3] = Rehashed(Edited(chain[3]), chain[3].PreviousHash);

        Assert.Equal(new AuditVerdict.Broken(4, AuditBreak.Edited), await Verify(chain));
    }

    [Fact]
    public async Task An_edited_hash_field_is_named()
    {
        var previous = Chain(4);
        previous[2] = previous[2] with { PreviousHash = new byte[AuditChain.HashSize] };
        var own = Chain(4);
        own[2] = own[2] with { Hash = new byte[AuditChain.HashSize] };

        Assert.Equal(new AuditVerdict.Broken(3, AuditBreak.Edited), await Verify(previous));
        Assert.Equal(new AuditVerdict.Broken(3, AuditBreak.Edited), await Verify(own));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_event_is_named_even_when_the_numbers_were_closed_up(bool renumber)
    {
        var chain = Chain(6);
        chain.RemoveAt(2);

        Assert.Equal(new AuditVerdict.Broken(3, AuditBreak.Deleted), await Verify(renumber ? Renumbered(chain) : chain));
    }

    [Fact]
    public async Task The_first_event_is_missed_as_well()
    {
        var chain = Chain(3);
        chain.RemoveAt(0);

        Assert.Equal(new AuditVerdict.Broken(1, AuditBreak.Deleted), await Verify(chain));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_inserted_event_is_named_even_with_a_hash_made_to_fit(bool rehash)
    {
        var chain = Chain(6);
        var forged = chain[0] with { What = Draft("forged"), PreviousHash = chain[2].Hash, Seq = 4 };
        chain.Insert(3, rehash ? Rehashed(forged, chain[2].Hash) : forged);

        Assert.Equal(new AuditVerdict.Broken(4, AuditBreak.Inserted), await Verify(Renumbered(chain)));
    }

    [Fact]
    public async Task An_event_played_twice_is_an_insertion()
    {
        var chain = Chain(6);
        chain.Insert(4, chain[1]);

        Assert.Equal(new AuditVerdict.Broken(5, AuditBreak.Inserted), await Verify(chain));
        Assert.Equal(new AuditVerdict.Broken(5, AuditBreak.Inserted), await Verify(Renumbered(chain)));
    }

    [Theory]
    [InlineData(2, 3, false)]
    [InlineData(2, 3, true)]
    [InlineData(1, 5, false)]
    [InlineData(1, 5, true)]
    public async Task Swapped_events_are_named_even_when_their_numbers_were_swapped_too(int left, int right, bool renumber)
    {
        var chain = Chain(8);
        (chain[left], chain[right]) = (chain[right], chain[left]);

        Assert.Equal(new AuditVerdict.Broken(left + 1, AuditBreak.Reordered), await Verify(renumber ? Renumbered(chain) : chain));
    }

    [Fact]
    public async Task A_truncated_tail_shows_against_a_checkpoint()
    {
        var chain = Chain(6);
        var kept = Checkpoint(chain, 6);
        chain.RemoveRange(4, 2);

        Assert.Equal(new AuditVerdict.Broken(5, AuditBreak.Truncated), await Verify(chain, kept));
    }

    [Fact]
    public async Task A_chain_written_anew_shows_against_a_checkpoint()
    {
        var kept = Checkpoint(Chain(6), 4);

        Assert.Equal(new AuditVerdict.Broken(4, AuditBreak.Rewritten), await Verify(Chain(6, "another story"), kept));
    }

    [Fact]
    public async Task A_chain_of_another_tenant_does_not_pass()
        => Assert.IsType<AuditVerdict.Broken>(
            await AuditVerifier.VerifyAsync(new TenantId("other"), Stream(Chain(2)), [], Noon, Cancel));

    [Property]
    public bool No_single_change_goes_unnoticed(byte length, byte at, byte to, byte change)
    {
        var chain = Chain(2 + (length % 12));
        var checkpoint = Checkpoint(chain, chain.Count);
        var place = at % chain.Count;
        var other = (place + 1 + (to % (chain.Count - 1))) % chain.Count;
        var (first, kind) = (change % 4) switch
        {
            0 => Do(() => chain[place] = Edited(chain[place]), place, AuditBreak.Edited),
            1 => Do(() => chain.RemoveAt(place), place, place == chain.Count - 1 ? AuditBreak.Truncated : AuditBreak.Deleted),
            2 => Do(() => chain.Insert(place, chain[place] with { What = Draft("forged"), Hash = new byte[32] }), place, AuditBreak.Inserted),
            _ => Do(() => (chain[place], chain[other]) = (chain[other], chain[place]), Math.Min(place, other), AuditBreak.Reordered),
        };

        var verdict = Verify(change % 8 < 4 ? chain : Renumbered(chain), checkpoint).GetAwaiter().GetResult();

        return verdict == new AuditVerdict.Broken(first + 1, kind);
    }

    [Fact]
    public async Task An_export_verifies_from_the_file_alone()
    {
        var chain = Chain(4, "quotes \" and 你好 👋");
        var file = new StringWriter();

        var checkpoint = await AuditExport.WriteAsync(TenantId.Default, Stream(chain), file, Noon, note: null, Cancel);

        Assert.Equal(new AuditVerdict.Intact(checkpoint), await VerifyFile(file.ToString()));
        Assert.Equal(checkpoint, await AuditExport.ReadCheckpointAsync(new StringReader(file.ToString()), Cancel));
    }

    [Fact]
    public async Task A_changed_export_does_not_verify()
    {
        var file = new StringWriter();
        await AuditExport.WriteAsync(TenantId.Default, Stream(Chain(4)), file, Noon, note: null, Cancel);
        var lines = file.ToString().TrimEnd('\n').Split('\n');

        Assert.Equal(new AuditVerdict.Broken(2, AuditBreak.Deleted), await VerifyFile(Lines([lines[0], .. lines[2..]])));
        Assert.Equal(new AuditVerdict.Broken(5, AuditBreak.Truncated), await VerifyFile(Lines(lines[..^1])));
        Assert.Equal(new AuditVerdict.Broken(4, AuditBreak.Truncated), await VerifyFile(Lines([.. lines[..3], lines[^1]])));
        Assert.Equal(new AuditVerdict.Broken(3, AuditBreak.Edited), await VerifyFile(file.ToString().Replace("step/3", "step/9", StringComparison.Ordinal)));
        Assert.IsType<AuditVerdict.Unreadable>(await VerifyFile("not json\n"));
        Assert.IsType<AuditVerdict.Unreadable>(await VerifyFile("{\"seq\":1}\n"));
    }

    private static (int First, AuditBreak Kind) Do(Action change, int first, AuditBreak kind)
    {
        change();
        return (first, kind);
    }

    private static Task<AuditVerdict> Verify(List<AuditEvent> chain, params AuditCheckpoint[] checkpoints)
        => AuditVerifier.VerifyAsync(TenantId.Default, Stream(chain), checkpoints, Noon, Cancel);

    private static Task<AuditVerdict> VerifyFile(string text) => AuditExport.VerifyAsync(TenantId.Default, new StringReader(text), [], Cancel);

    private static string Lines(string[] lines) => string.Join('\n', lines) + "\n";

    private static List<AuditEvent> Chain(int length, string origin = "local")
    {
        var appender = new AuditChainAppender(TenantId.Default, 0, default);
        return [.. Enumerable.Range(1, length).Select(i => appender.Append(Draft($"step/{i}") with { Origin = origin }))];
    }

    private static AuditDraft Draft(string subject)
        => new(TenantId.Default, Noon, Actor.System, "test.done", subject, "local", new Dictionary<string, string> { ["k"] = "v" });

    private static AuditCheckpoint Checkpoint(List<AuditEvent> chain, int seq)
        => new(TenantId.Default, seq, Convert.ToHexStringLower(chain[seq - 1].Hash.Span), Noon);

    private static AuditEvent Edited(AuditEvent written) => written with { What = written.What with { Origin = "198.51.100.1" } };

    private static AuditEvent Rehashed(AuditEvent written, ReadOnlyMemory<byte> previous) => written with
    {
        PreviousHash = previous,
        Hash = AuditChain.Hash(previous.Span, AuditChain.CanonicalBytes(written.Seq, written.What)),
    };

    private static List<AuditEvent> Renumbered(List<AuditEvent> chain) => [.. chain.Select((written, i) => written with { Seq = i + 1 })];

    private static async IAsyncEnumerable<AuditEvent> Stream(List<AuditEvent> chain)
    {
        await Task.CompletedTask;
        foreach (var written in chain)
        {
            yield return written;
        }
    }
}
