using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Verifier;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>The stand-alone verifier against whoever holds the database, with and without repairing the chain, at every place.</summary>
public sealed class VerifierTests : IAsyncLifetime
{
    private const int Size = 120;

    private static readonly int[] Signed = [1, 7, 40, 64, 65, Size];

    private SignedLog _log = null!;
    private List<AuditEvent> _events = null!;
    private List<string> _notes = null!;
    private string _key = "";

    public async ValueTask InitializeAsync()
    {
        _log = await SignedLog.OpenAsync();
        (_events, _notes) = await _log.WriteAsync("anna", 0, Signed);
        _key = (await _log.Signer.ReadKeyAsync(SignedLog.Home, TestContext.Current.CancellationToken)).ToString();
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public void An_untouched_log_is_intact_also_beyond_the_last_checkpoint_and_with_fewer_witnesses()
    {
        Assert.Equal((0, $"INTACT: {Size} events"), Verify(_events, _notes) is var (code, text) ? (code, text[..18]) : default);
        Assert.Equal(0, Verify(_events, _notes[..2]).Code);
        Assert.Equal(0, Verify(_events[..7], _notes[..2]).Code);
    }

    /// <summary>
    /// Edit, delete, insert, reorder and truncate at each of the places, as they are and with every hash after them made anew: one witness that kept the last
    /// checkpoint is enough.
    /// </summary>
    [Theory]
    [InlineData("edit")]
    [InlineData("delete")]
    [InlineData("insert")]
    [InlineData("reorder")]
    [InlineData("truncate")]
    public void Each_kind_of_tampering_is_found_at_every_place(string kind)
    {
        var missed = new List<string>();
        for (var at = 0; at < Size; at++)
        {
            var changed = Tamper(kind, at);
            foreach (var (how, events) in new[] { ("plain", changed), ("renumbered", Renumbered(changed)), ("chained anew", Chained(changed)) })
            {
                var (code, text) = Verify(events, _notes[^1..]);
                if (code != 1 || !text.StartsWith("TAMPERED: ", StringComparison.Ordinal))
                {
                    missed.Add($"{kind} at {at}, {how}: {code} {text}");
                }
            }
        }

        Assert.Empty(missed);
    }

    [Fact]
    public async Task An_old_backup_is_found_whatever_its_age_and_whether_it_went_on()
    {
        for (var age = 1; age < Size; age++)
        {
            Assert.Equal(1, Verify(_events[..age], _notes).Code);
        }

        foreach (var shared in (int[])[1, 6, 39, 64, 100, 119])
        {
            var (events, notes) = await _log.WriteAsync("bo", shared, Size, 150);

            // The witness has the checkpoints of both histories, or only those before the backup.
            Assert.Equal(1, Verify(events, [.. _notes, .. notes]).Code);
            Assert.Equal(1, Verify(events, _notes).Code);
        }
    }

    [Fact]
    public async Task A_forked_history_is_found_by_the_signatures_alone()
    {
        foreach (var shared in Enumerable.Range(0, Size))
        {
            var (events, notes) = await _log.WriteAsync("bo", shared, Size);

            var (code, text) = Verify(events, [.. _notes, .. notes]);
            Assert.Equal((1, true), (code, text.Contains("two different histories", StringComparison.Ordinal)));
            Assert.Equal(1, Verify(_events, notes).Code);
        }
    }

    [Fact]
    public void The_place_is_said()
    {
        Assert.Contains("event 50 does not give its hash", Verify(Tamper("edit", 49), _notes).Text, StringComparison.Ordinal);
        Assert.Contains("event 51 stands where event 50 belongs", Verify(Tamper("delete", 49), _notes).Text, StringComparison.Ordinal);
        Assert.Contains("events 41 to 64 are not those the log signed", Verify(Chained(Tamper("edit", 49)), _notes).Text, StringComparison.Ordinal);
        Assert.Contains("events 50 to 120 were cut off", Verify(_events[..49], _notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_checkpoint_is_found_and_another_logs_is_passed_over()
    {
        var forged = _notes[3].Replace("\n64\n", "\n63\n", StringComparison.Ordinal);
        Assert.Equal(1, Verify(_events, [.. _notes, forged]).Code);
        Assert.Equal(1, Verify(_events, [_notes[3][..^8] + "AAAAA==\n"]).Code);

        var foreign = _notes[0].Replace("/default", "/other", StringComparison.Ordinal);
        Assert.Equal(0, Verify(_events, [foreign, .. _notes]).Code);
        Assert.Equal(2, Verify(_events, [foreign]).Code);
    }

    [Fact]
    public void What_cannot_be_read_is_no_verdict()
    {
        Assert.Equal(2, Verify(_events, []).Code);
        Assert.Equal(2, Verify(_events, ["garbage\n"]).Code);
        Assert.Equal(2, Run("--export", Put("export", "{\"seq\":1}\n"), "--key", _key, "--checkpoints", Put("notes", _notes[0])).Code);
        Assert.Equal(2, Run("--export", Put("export", ""), "--key", _key + "A", "--checkpoints", Put("notes", _notes[0])).Code);
        Assert.Equal(2, Run("--export", Path.Combine(_log.FolderPath, "none"), "--key", _key, "--checkpoints", Put("notes", _notes[0])).Code);
        Assert.Equal(2, Run("--help").Code);
    }

    // RFC 8032, section 7.1, tests 1 to 3.
    [Theory]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void The_verifiers_own_signature_check_agrees_with_the_standard(string key, string message, string signature)
    {
        var (k, m, s) = (Convert.FromHexString(key), Convert.FromHexString(message), Convert.FromHexString(signature));
        Assert.True(Ed25519.Verify(k, m, s));
        Assert.False(Ed25519.Verify(k, [.. m, 0], s));
        for (var bit = 0; bit < 512; bit += 37)
        {
            var spoilt = s.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(k, m, spoilt));
        }
    }

    private List<AuditEvent> Tamper(string kind, int at)
    {
        var events = _events.ToList();
        switch (kind)
        {
            case "edit":
                events[at] = events[at] with { What = events[at].What with { Actor = new Actor("user", "mallory", "mallory") } };
                break;
            case "delete":
                events.RemoveAt(at);
                break;
            case "insert":
                events.Insert(at, events[at] with { What = SignedLog.Draft(at, "mallory") });
                break;
            case "reorder":
                var other = at == 0 ? 1 : at - 1;
                (events[at], events[other]) = (events[other], events[at]);
                break;
            case "truncate":
                events.RemoveRange(at, Size - at);
                break;
        }

        return events;
    }

    private static List<AuditEvent> Renumbered(List<AuditEvent> events) => [.. events.Select((e, i) => e with { Seq = i + 1 })];

    private static List<AuditEvent> Chained(List<AuditEvent> events)
    {
        var chain = new AuditChainAppender(SignedLog.Home, 0, default);
        return [.. events.Select(e => chain.Append(e.What))];
    }

    private (int Code, string Text) Verify(IEnumerable<AuditEvent> events, IEnumerable<string> notes)
        => Run(
            "--export", Put("export", string.Concat(events.Select(e => AuditExport.Format(e) + "\n"))), "--key", _key,
            "--checkpoints", Put("notes", string.Concat(notes.Select(note => note + "\n"))));

    private string Put(string name, string content)
    {
        var path = Path.Combine(_log.FolderPath, name);
        File.WriteAllText(path, content, new UTF8Encoding(false));
        return path;
    }

    private static (int Code, string Text) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = VerifierProgram.Run(arguments, output, errors);
        return (code, output.ToString() + errors);
    }
}
