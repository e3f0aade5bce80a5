using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;

namespace Assistant.Domain.Forgetting;

/// <summary>What is signed when something was forgotten: lines of a word and a value, in the form of a note (see <see cref="SignedNote"/>).</summary>
/// <remarks>The first line tells it from a checkpoint, which the same key signs: no certificate can be read as one. docs/audit.md describes every line.</remarks>
public static class ForgettingCertificate
{
    /// <summary>The first line.</summary>
    public const string Title = "assistant forgetting certificate v1";

    /// <summary>The text to be signed. Ids, times and counts; nothing of whom it is about.</summary>
    /// <param name="origin">The log's origin, as its checkpoints name it.</param>
    public static string Text(Erasure erasure, string origin, AuditEvent begun, AuditEvent erased, StorageRest rest)
    {
        var text = new StringBuilder();
        text.Append(Title).Append('\n');
        Line($"log {origin}");
        Line($"erasure {erasure.Id}");
        Line($"scope {erasure.Scope.Kind.ToString().ToLowerInvariant()}");
        Line($"subject {erasure.Scope.Subject}");
        Line($"by {erasure.By.Kind} {erasure.By.Id}");
        Line($"begun {Time(erasure.BegunAt)}");
        Line($"erased {Time(erasure.ErasedAt!.Value)}");
        Line($"begun-event {begun.Seq} {Convert.ToHexStringLower(begun.Hash.Span)}");
        Line($"erased-event {erased.Seq} {Convert.ToHexStringLower(erased.Hash.Span)}");
        Line($"storage {rest.ToString().ToLowerInvariant()}");
        Line($"keys-destroyed {erasure.KeysDestroyed}");
        foreach (var (kind, count) in erasure.Counts.All)
        {
            Line($"count {ErasureCounts.Name(kind)} {count}");
        }

        Line($"kept-events {erasure.KeptEvents}");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
