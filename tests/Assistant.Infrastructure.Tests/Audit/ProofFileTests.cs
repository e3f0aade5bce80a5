using System.Text.Json.Nodes;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Testing.InMemory;
using Assistant.Verifier;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>The stand-alone verifier against files that prove one event.</summary>
public sealed class ProofFileTests : IAsyncLifetime
{
    private readonly InMemoryAuditLog _events = new();
    private SignedLog _log = null!;
    private CheckpointDesk _desk = null!;
    private CheckpointKey _key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _log = await SignedLog.OpenAsync();
        _key = await _log.Signer.ReadKeyAsync(SignedLog.Home, Cancel);
        _desk = new CheckpointDesk(
            _events, new AuditTree(_events, new InMemoryAuditTreeStore()), new InMemoryCheckpointStore(), _log.Signer, [], new AuditAlarm(), TimeProvider.System,
            NullLogger<CheckpointDesk>.Instance);
        await WriteAndSignAsync(37);
        await WriteAndSignAsync(63);
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task Every_event_under_a_checkpoint_is_proven()
    {
        for (var seq = 1L; seq <= 100; seq++)
        {
            var (code, text) = Verify(await FileAsync(seq));

            Assert.True(code == 0, text);
            Assert.StartsWith($"GENUINE: event {seq}, ", text, StringComparison.Ordinal);
            Assert.Contains(seq <= 37 ? "signed at 37 events" : "signed at 100 events", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("action", "user.signout")]
    [InlineData("subject", "conversation/9")]
    [InlineData("origin", "198.51.100.1")]
    [InlineData("at", "2026-11-28T12:00:01+00:00")]
    public async Task An_event_that_was_changed_is_not_proven(string field, string value)
        => Assert.Equal(1, Verify(await FileAsync(43), proof => proof["event"]![field] = value).Code);

    [Fact]
    public async Task Hashes_places_and_checkpoints_of_something_else_prove_nothing()
    {
        var (file, other) = (await FileAsync(43), JsonNode.Parse(await FileAsync(44))!);

        Assert.Equal(1, Verify(file, proof => proof["hashes"] = other["hashes"]!.DeepClone()).Code);
        Assert.Equal(1, Verify(file, proof => proof["hashes"]!.AsArray().RemoveAt(0)).Code);
        Assert.Equal(1, Verify(file, proof => proof["hashes"]!.AsArray().Add(Convert.ToBase64String(new byte[32]))).Code);
        Assert.Equal(1, Verify(file, proof => proof["index"] = 43).Code);
        Assert.Equal(1, Verify(file, proof => proof["size"] = 99).Code);
        Assert.Equal(1, Verify(file, proof => proof["event"] = other["event"]!.DeepClone()).Code);
        var early = (string)JsonNode.Parse(await FileAsync(1))!["checkpoint"]!;
        Assert.Equal(1, Verify(file, proof => proof["checkpoint"] = early).Code);
        Assert.Equal(1, Verify(file, proof => proof["checkpoint"] = ((string)proof["checkpoint"]!).Replace("\n100\n", "\n101\n", StringComparison.Ordinal)).Code);
    }

    [Fact]
    public async Task The_key_in_the_file_is_not_believed_and_what_is_no_proof_is_said_to_be_none()
    {
        await using var elsewhere = await SignedLog.OpenAsync();
        var foreign = await elsewhere.Signer.ReadKeyAsync(SignedLog.Home, Cancel);

        Assert.Equal(2, Verify(await FileAsync(43), proof => proof["key"] = foreign.ToString(), foreign).Code);
        Assert.Equal(2, Verify("{}").Code);
        Assert.Equal(2, Verify("no JSON").Code);
        Assert.Null(await _desk.ProveAsync(SignedLog.Home, 101, Cancel));
    }

    private async Task WriteAndSignAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _events.Append(SignedLog.Draft(i, "anna"));
        }

        Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(SignedLog.Home, Cancel));
    }

    private async Task<string> FileAsync(long seq) => AuditProofFile.Format((await _desk.ProveAsync(SignedLog.Home, seq, Cancel))!, _key);

    private (int Code, string Text) Verify(string file, Action<JsonNode>? change = null, CheckpointKey? key = null)
    {
        var path = Path.Combine(_log.FolderPath, "proof.json");
        if (change is not null)
        {
            var proof = JsonNode.Parse(file)!;
            change(proof);
            file = proof.ToJsonString();
        }

        File.WriteAllText(path, file);
        using var output = new StringWriter();
        return (VerifierProgram.Run(["proof", path, "--key", (key ?? _key).ToString()], output, output), output.ToString());
    }
}
