using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>An export: one JSON object per line, one line per event in order, and a checkpoint as the last line.</summary>
public static class AuditExport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people and scripts, never a web page
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>The line of an event, without a line break.</summary>
    public static string Format(AuditEvent written) => JsonSerializer.Serialize(
        new Line(
            written.Seq, written.What.Tenant.Value, written.What.At, written.What.Actor, written.What.Action, written.What.Subject,
            written.What.Origin, written.What.Details, Convert.ToHexStringLower(written.PreviousHash.Span), Convert.ToHexStringLower(written.Hash.Span)),
        Json);

    /// <summary>The line of a checkpoint, without a line break.</summary>
    /// <param name="note">A signed checkpoint for outsiders, see <see cref="Checkpoints.SignedCheckpoint"/>.</param>
    public static string Format(AuditCheckpoint checkpoint, string? note = null)
        => JsonSerializer.Serialize(new LastLine(new(checkpoint.Tenant.Value, checkpoint.Seq, checkpoint.HashHex, checkpoint.At, note)), Json);

    /// <summary>Writes the events and the checkpoint they end with.</summary>
    /// <param name="note">The newest signed checkpoint, when there is one: with the key, it proves the export to outsiders.</param>
    /// <returns>The checkpoint: keep it elsewhere.</returns>
    public static async Task<AuditCheckpoint> WriteAsync(
        TenantId tenant, IAsyncEnumerable<AuditEvent> events, TextWriter target, DateTimeOffset now, string? note, CancellationToken cancellationToken)
    {
        var seq = 0L;
        ReadOnlyMemory<byte> head = AuditChain.Genesis(tenant);
        await foreach (var written in events.WithCancellation(cancellationToken))
        {
            await target.WriteAsync((Format(written) + "\n").AsMemory(), cancellationToken);
            (seq, head) = (written.Seq, written.Hash);
        }

        var checkpoint = new AuditCheckpoint(tenant, seq, Convert.ToHexStringLower(head.Span), AuditText.ToMilliseconds(now));
        await target.WriteAsync((Format(checkpoint, note) + "\n").AsMemory(), cancellationToken);
        await target.FlushAsync(cancellationToken);
        return checkpoint;
    }

    /// <summary>Verifies an export without a database.</summary>
    /// <param name="tenant">Whose export it should be.</param>
    /// <param name="checkpoints">Further ones the chain must pass through, kept from earlier exports.</param>
    public static async Task<AuditVerdict> VerifyAsync(
        TenantId tenant, TextReader source, IEnumerable<AuditCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        var file = new FileReader(tenant, source);
        try
        {
            var verdict = await AuditVerifier.VerifyAsync(tenant, file.ReadAsync(cancellationToken), checkpoints, default, cancellationToken);
            return verdict is not AuditVerdict.Intact { Head: var head } ? verdict
                : file.Checkpoint is not { } last || last.Seq > head.Seq ? new AuditVerdict.Broken(head.Seq + 1, AuditBreak.Truncated)
                : last.Seq < head.Seq ? new AuditVerdict.Broken(last.Seq + 1, AuditBreak.Inserted)
                : last.HashHex != head.HashHex ? new AuditVerdict.Broken(head.Seq, AuditBreak.Rewritten)
                : new AuditVerdict.Intact(last);
        }
        catch (FormatException unreadable)
        {
            return new AuditVerdict.Unreadable(file.LineNumber, unreadable.Message);
        }
    }

    /// <summary>Reads a checkpoint: a line of its own, or the last line of an export.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static async Task<AuditCheckpoint> ReadCheckpointAsync(TextReader source, CancellationToken cancellationToken)
    {
        string? last = null;
        while (await source.ReadLineAsync(cancellationToken) is { } line)
        {
            last = line.Length > 0 ? line : last;
        }

        return ParseCheckpoint(last ?? throw new FormatException("The file is empty."));
    }

    private static AuditCheckpoint ParseCheckpoint(string line) => Guarded(() =>
    {
        var stated = JsonSerializer.Deserialize<LastLine>(line, Json)!.Checkpoint;
        return new AuditCheckpoint(new TenantId(stated.Tenant), stated.Seq, stated.Hash, stated.At);
    });

    private static AuditEvent ParseEvent(string line) => Guarded(() =>
    {
        var read = JsonSerializer.Deserialize<Line>(line, Json)!;
        return new AuditEvent(
            read.Seq,
            new AuditDraft(new TenantId(read.Tenant), read.At, read.Actor, read.Action, read.Subject, read.Origin, read.Details),
            Convert.FromHexString(read.PreviousHash),
            Convert.FromHexString(read.Hash));
    });

    private static T Guarded<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or NullReferenceException)
        {
            throw new FormatException("The line is neither an event nor a checkpoint.", wrong);
        }
    }

    private sealed class FileReader(TenantId tenant, TextReader source)
    {
        public long LineNumber { get; private set; }

        public AuditCheckpoint? Checkpoint { get; private set; }

        public async IAsyncEnumerable<AuditEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (await source.ReadLineAsync(cancellationToken) is { } line)
            {
                LineNumber++;
                if (Checkpoint is not null)
                {
                    throw new FormatException("Nothing may follow the checkpoint.");
                }

                if (!line.StartsWith("{\"checkpoint\":", StringComparison.Ordinal))
                {
                    yield return ParseEvent(line);
                    continue;
                }

                Checkpoint = ParseCheckpoint(line);
                if (Checkpoint.Tenant != tenant)
                {
                    throw new FormatException($"This is an export of tenant '{Checkpoint.Tenant}', not of '{tenant}'.");
                }
            }
        }
    }

    private sealed record Line(
        long Seq, string Tenant, DateTimeOffset At, Actor Actor, string Action, string Subject, string Origin,
        IReadOnlyDictionary<string, string> Details, string PreviousHash, string Hash);

    private sealed record LastLine(StatedCheckpoint Checkpoint);

    private sealed record StatedCheckpoint(string Tenant, long Seq, string Hash, DateTimeOffset At, string? Note = null);
}
