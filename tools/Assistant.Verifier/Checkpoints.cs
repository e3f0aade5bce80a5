using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Verifier;

/// <summary>The public key a log signs with, as <c>assistant audit key</c> prints it: <c>name+id+key</c>.</summary>
internal sealed record LogKey(string Name, byte[] Id, byte[] Bytes)
{
    public static LogKey Parse(string text)
    {
        var parts = text.Trim().Split('+', 3);
        var typed = parts.Length == 3 ? Input.Base64(parts[2]) : [];
        if (typed.Length != 33 || typed[0] != 1)
        {
            throw new InputException("The key is not an Ed25519 verifier key of the form name+id+key.");
        }

        var id = SHA256.HashData([.. Encoding.UTF8.GetBytes(parts[0]), 10, .. typed])[..4];
        return Convert.ToHexString(id).Equals(parts[1], StringComparison.OrdinalIgnoreCase)
            ? new LogKey(parts[0], id, typed[1..])
            : throw new InputException("The key's id does not belong to its name and bytes: it was copied wrongly.");
    }
}

/// <summary>A checkpoint whose signature was verified.</summary>
internal sealed record Checkpoint(long Size, byte[] Root, string From);

/// <summary>Reads files of signed notes (c2sp.org/tlog-checkpoint), one after another.</summary>
internal static class CheckpointFile
{
    private const string Dash = "— ";

    /// <summary>All notes of this log; others are passed over.</summary>
    /// <exception cref="InputException">There is text that is no note.</exception>
    /// <exception cref="TamperException">A note bears the log's name but not its signature.</exception>
    public static List<Checkpoint> Read(string name, string content, LogKey key)
    {
        var found = new List<Checkpoint>();
        var lines = content.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            if (lines[at].Length == 0)
            {
                at++;
                continue;
            }

            var start = at;
            var gap = Array.IndexOf(lines, "", at);
            at = gap < 0 ? lines.Length : gap + 1;
            var signatures = new List<string>();
            while (at < lines.Length && lines[at].StartsWith(Dash, StringComparison.Ordinal))
            {
                signatures.Add(lines[at++][Dash.Length..]);
            }

            if (gap < 0 || gap - start < 3 || signatures.Count == 0)
            {
                throw new InputException($"{name}, line {start + 1}: this is not a signed checkpoint.");
            }

            if (lines[start] == key.Name)
            {
                found.Add(Read($"{name}, line {start + 1}", lines[start..gap], signatures, key));
            }
        }

        return found;
    }

    private static Checkpoint Read(string from, string[] text, List<string> signatures, LogKey key)
    {
        var message = Encoding.UTF8.GetBytes(string.Join('\n', text) + "\n");
        if (!signatures.Exists(line => IsBy(key, message, line)))
        {
            throw new TamperException($"{from}: the checkpoint bears the log's name but not its signature. It is forged, or the key is another log's.");
        }

        return long.TryParse(text[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Input.Base64(text[2]) is { Length: 32 } root
            ? new Checkpoint(size, root, from)
            : throw new InputException($"{from}: this is not a checkpoint.");
    }

    /// <summary>Whether a signature line, its dash taken off, is this key's over the message.</summary>
    internal static bool IsBy(LogKey key, byte[] message, string line)
    {
        var space = line.LastIndexOf(' ');
        if (space < 0 || line[..space] != key.Name)
        {
            return false;
        }

        var bytes = Input.Base64(line[(space + 1)..]);
        return bytes.Length == 68 && bytes.AsSpan(0, 4).SequenceEqual(key.Id) && Ed25519.Verify(key.Bytes, message, bytes.AsSpan(4));
    }
}

/// <summary>What cannot be read: exit code 2.</summary>
internal sealed class InputException(string message) : Exception(message);

/// <summary>What is not as it was: exit code 1.</summary>
internal sealed class TamperException(string message) : Exception(message);

internal static class Input
{
    /// <summary>The bytes; none when it is no base64.</summary>
    public static byte[] Base64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : [];
    }
}
