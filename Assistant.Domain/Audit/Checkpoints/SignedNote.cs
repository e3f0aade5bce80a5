using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>What a checkpoint states: how many events the tree covers and its root (<see href="https://c2sp.org/tlog-checkpoint"/>).</summary>
/// <param name="Origin">Names the log everywhere: <c>assistant/INSTALLATION/TENANT</c>.</param>
public sealed record TreeHead(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>The three lines that are signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n");

    /// <summary>Reads <see cref="Text"/>; further lines, which the format allows, are covered by the signature but not read.</summary>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    public static TreeHead Parse(string text)
    {
        var lines = text.Split('\n');
        return lines.Length >= 4 && lines[0].Length > 0 && lines[^1].Length == 0
            && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size.ToString(CultureInfo.InvariantCulture) == lines[1]
            && Convert.FromBase64String(lines[2]) is { Length: MerkleTree.HashSize } root
            ? new TreeHead(lines[0], size, root)
            : throw new FormatException("This is not a checkpoint: three lines of origin, size and root.");
    }
}

/// <summary>The public half of the key that signs a tenant's checkpoints.</summary>
/// <param name="Name">The log's origin.</param>
/// <param name="PublicKey">Ed25519, 32 bytes.</param>
public sealed record CheckpointKey(string Name, ReadOnlyMemory<byte> PublicKey)
{
    private const byte Ed25519 = 0x01;

    /// <summary>The first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key): tells keys of one name apart.</summary>
    public uint Id => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), (byte)'\n', Ed25519, .. PublicKey.Span]));

    /// <summary>The form a verifier is given: <c>name+id+key</c>.</summary>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519, .. PublicKey.Span])}";
}

/// <summary>A checkpoint as it was signed and kept.</summary>
/// <param name="Head">What the note says; of a damaged one the size alone, under which it is kept.</param>
/// <param name="Note">The signed note, ready for a file: text, empty line, signature line.</param>
/// <param name="At">When it was made; not part of what is signed.</param>
public sealed record SignedCheckpoint(TenantId Tenant, TreeHead Head, string Note, DateTimeOffset At)
{
    /// <summary>Whether the note cannot be read, or says another size than it is kept under: somebody else wrote there.</summary>
    public bool IsDamaged => Head.Root.IsEmpty;

    /// <summary>A checkpoint as a store gives it back, whatever has become of it. Whether it is signed is not looked at.</summary>
    public static SignedCheckpoint Read(TenantId tenant, long size, string note, DateTimeOffset at)
        => new(tenant, HeadIn(note) is { } head && head.Size == size ? head : new TreeHead("", size, default), note, at);

    private static TreeHead? HeadIn(string note)
    {
        try
        {
            return TreeHead.Parse(SignedNote.Parse(note).Text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>Text with signatures below it (<see href="https://c2sp.org/signed-note"/>): pure functions.</summary>
/// <param name="Text">What is signed, with its final line break.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const string Dash = "— ";

    /// <summary>A note with one signature.</summary>
    public static string Format(string text, CheckpointKey key, ReadOnlySpan<byte> signature)
    {
        Span<byte> line = stackalloc byte[sizeof(uint) + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(line, key.Id);
        signature.CopyTo(line[sizeof(uint)..]);
        return $"{text}\n{Dash}{key.Name} {Convert.ToBase64String(line)}\n";
    }

    /// <summary>Reads a note; verifies nothing.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SignedNote Parse(string note)
    {
        var gap = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (gap < 0 || gap + 2 == note.Length || !note.EndsWith('\n'))
        {
            throw new FormatException("This is not a signed note: text, an empty line, and signatures.");
        }

        var lines = note[(gap + 2)..^1].Split('\n');
        return new SignedNote(note[..(gap + 1)], [.. lines.Select(ParseSignature)]);
    }

    /// <summary>The signature made by this key, or <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? SignatureOf(CheckpointKey key)
        => Signatures.FirstOrDefault(signature => signature.Name == key.Name && signature.KeyId == key.Id)?.Signature;

    private static NoteSignature ParseSignature(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        if (parts is not [{ Length: > 0 } name, var encoded])
        {
            throw new FormatException("A signature line is a dash, the key's name and the signature.");
        }

        var bytes = Convert.FromBase64String(encoded);
        return bytes.Length > sizeof(uint)
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(sizeof(uint)))
            : throw new FormatException("The signature is too short.");
    }
}

/// <summary>One signature of a note.</summary>
/// <param name="KeyId">See <see cref="CheckpointKey.Id"/>.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);
