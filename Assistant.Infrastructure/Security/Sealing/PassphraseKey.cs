using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assistant.Infrastructure.Persistence;
using Konscious.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A master key made of a passphrase by Argon2id (RFC 9106). Salt and costs lie, in no way secret, in <c>master.kdf.json</c> in the data folder.</summary>
/// <remarks>Without that file the passphrase makes another key: it is part of every backup of the data folder.</remarks>
internal sealed class PassphraseKey : IMasterKeySource
{
    public const int MinLength = 16;

    /// <summary>Name of the file with salt and costs.</summary>
    public const string FileName = "master.kdf.json";

    private readonly Lazy<byte[]> _key;
    private readonly Func<string> _phrase;
    private readonly string _path;

    public PassphraseKey(string name, Func<string> phrase, DataFolder folder)
    {
        (Name, _phrase, _path) = (name, phrase, Path.Combine(folder.Path, FileName));
        _key = new(() => Derive(name, phrase(), _path));
    }

    public string Name { get; }

    public string Advice => $"Set the passphrase that belongs to this data, and put {FileName} from its backup into the data folder.";

    public byte[] Derivation => File.Exists(_path) ? File.ReadAllBytes(_path) : [];

    public byte[][] Read() => [_key.Value];

    public byte[][] Find(byte[] derivation)
    {
        try
        {
            return derivation.Length == 0 ? [] : [Derive(Checked(Name, _phrase()), (JsonSerializer.Deserialize<Costs>(derivation) ?? throw new JsonException()).Checked())];
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return []; // not what this program writes
        }
    }

    /// <exception cref="MasterKeyException">The file cannot be used.</exception>
    public static string ReadFile(string path)
    {
        try
        {
            PrivateFile.RequirePrivate(path, "passphrase file");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"The passphrase file {path} cannot be used: {error.Message}", error);
        }
    }

    /// <summary>What Argon2id makes of a passphrase: <see cref="MasterKey.Size"/> bytes.</summary>
    public static byte[] Derive(string phrase, Costs costs)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(phrase))
        {
            Salt = costs.Salt, MemorySize = costs.MemoryKiB, Iterations = costs.Iterations, DegreeOfParallelism = costs.Lanes,
        };
        return argon.GetBytes(MasterKey.Size);
    }

    private static byte[] Derive(string name, string phrase, string path)
    {
        var trimmed = Checked(name, phrase);
        try
        {
            if (!File.Exists(path))
            {
                PrivateFile.Create(path, JsonSerializer.SerializeToUtf8Bytes(Costs.Create()));
            }

            return Derive(trimmed, JsonSerializer.Deserialize<Costs>(File.ReadAllBytes(path))!.Checked());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new MasterKeyException($"{path}, which the passphrase needs, cannot be used: {error.Message} Restore it from its backup.", error);
        }
    }

    private static string Checked(string name, string phrase) => phrase.Trim().Normalize() is { Length: >= MinLength } enough
        ? enough
        : throw new MasterKeyException($"{name} is shorter than {MinLength} characters. Take a longer one, e.g. six random words.");

    /// <summary>What Argon2id takes beside the passphrase. Written once: other values make another key.</summary>
    public sealed record Costs(string Algorithm, byte[] Salt, int MemoryKiB, int Iterations, int Lanes)
    {
        private const string Argon2id = "argon2id-v19";

        // The second recommendation of RFC 9106, section 4: 64 MiB, three passes, four lanes.
        public static Costs Create() => new(Argon2id, RandomNumberGenerator.GetBytes(16), 64 * 1024, 3, 4);

        /// <exception cref="ArgumentException">Somebody made it weak or strange.</exception>
        public Costs Checked() => Algorithm == Argon2id && Salt is { Length: >= 16 } && MemoryKiB is >= 19 * 1024 and <= 4 << 20 && Iterations is >= 2 and <= 100 && Lanes is >= 1 and <= 64
            ? this
            : throw new ArgumentException("its values are not ones this program writes.");
    }
}
