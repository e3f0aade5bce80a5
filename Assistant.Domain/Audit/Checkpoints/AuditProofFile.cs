using System.Text.Encodings.Web;
using System.Text.Json;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>A proof as a file an outsider can check: the event, its place in the tree, and the signed checkpoint; described in docs/audit.md.</summary>
public static class AuditProofFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people and scripts, never a web page
        WriteIndented = true,
    };

    /// <summary>The file's text.</summary>
    public static string Format(AuditProof proof, CheckpointKey key) => JsonSerializer.Serialize(
        new
        {
            Event = JsonElement.Parse(AuditExport.Format(proof.Event)),
            Index = proof.Event.Seq - 1,
            proof.Checkpoint.Head.Size,
            Hashes = proof.Proof.Select(Convert.ToBase64String),
            Checkpoint = proof.Checkpoint.Note,
            Key = key.ToString(),
        },
        Json) + "\n";
}
