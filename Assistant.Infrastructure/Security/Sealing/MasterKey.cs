using System.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The installation's master key in memory: wraps other keys, and nothing else. Safe for concurrent use.</summary>
/// <remarks>
/// During a rotation there are two, the one in force and the next. Which is in force is not remembered but tried: it is the one that opens
/// what is stored.
/// </remarks>
internal sealed class MasterKey
{
    public const int Size = 32;

    private readonly Lazy<IMasterKeySource> _source;
    private readonly Lazy<IMasterKeySource?> _next;
    private volatile byte[][]? _keys;

    /// <param name="source">Asked when the key is needed first, and again when no key opens what it should: a file may hold another by then.</param>
    /// <param name="next">What the operator names as the next one, if anything.</param>
    public MasterKey(Func<IMasterKeySource> source, Func<IMasterKeySource?> next) => (_source, _next) = (new(source), new(next));

    /// <summary>A key that is known and does not change.</summary>
    public MasterKey(byte[] key, string name) : this(() => new KnownKey(key, name), () => null) { }

    /// <summary>Where the key comes from, e.g. <c>The master key file /data/master.key</c>.</summary>
    public string Name => _source.Value.Name;

    public IMasterKeySource Source => _source.Value;

    public IMasterKeySource? Next => _next.Value;

    /// <summary>Makes sure that it can be used, unless it is still to be made, or missing: what is stored shows which.</summary>
    /// <exception cref="MasterKeyException">It cannot; the message says why and what to do.</exception>
    public void Require()
    {
        if (Source.IsMade)
        {
            _ = Keys();
        }
    }

    /// <summary>The key to wrap with while nothing is wrapped yet; made when there is none.</summary>
    /// <exception cref="MasterKeyException">There is none, and none can be made.</exception>
    public byte[] First => (_keys ??= Read(Source.ReadOrMake()))[0];

    /// <returns><see langword="null"/> when it was wrapped by another master key, for something else, or altered.</returns>
    public byte[]? Unwrap(byte[] wrapped, byte[] binding)
    {
        if (FindFor(wrapped, binding) is not { } key)
        {
            return null;
        }

        return SealedBox.Open(key, wrapped, binding);
    }

    /// <summary>The master key this was wrapped with, or <see langword="null"/>.</summary>
    public byte[]? FindFor(byte[] wrapped, byte[] binding)
        => Opening(Keys(), wrapped, binding) ?? Opening(ReadAgain(), wrapped, binding);

    /// <summary>What the key is made from beside a passphrase, in no way secret; empty for one that is not made.</summary>
    public byte[] Derivation => Source.Derivation is { Length: > 0 } own ? own : Next?.Derivation ?? [];

    /// <summary>The keys there are for what was wrapped elsewhere or earlier; none is made.</summary>
    /// <param name="derivation">The <see cref="Derivation"/> of that time.</param>
    /// <exception cref="MasterKeyException">A source cannot be used.</exception>
    public IEnumerable<byte[]> FindAll(byte[] derivation) => [.. Source.Find(derivation), .. Next?.Find(derivation) ?? []];

    /// <exception cref="MasterKeyException">No master key opens what is stored.</exception>
    public byte[] RequireFor(byte[] wrapped, byte[] binding) => FindFor(wrapped, binding) ?? throw Foreign();

    public MasterKeyException Foreign() => new($"{Name} is not the one this data was made with. {_source.Value.Advice}");

    private byte[][] Keys() => _keys ??= Read(Source.Read());

    // What was read before stays good for what was wrapped before, and when the file is gone since.
    private byte[][] ReadAgain()
    {
        var known = Keys();
        byte[][] read = Source.IsMade ? Read(Source.Read()) : [];
        return _keys = [.. read, .. known.Where(key => !read.Any(other => other.AsSpan().SequenceEqual(key)))];
    }

    private byte[][] Read(byte[][] keys) => [.. keys, .. Next?.ReadOrMake() ?? []];

    private static byte[]? Opening(byte[][] keys, byte[] wrapped, byte[] binding)
    {
        foreach (var key in keys)
        {
            if (SealedBox.Open(key, wrapped, binding) is { } opened)
            {
                CryptographicOperations.ZeroMemory(opened);
                return key;
            }
        }

        return null;
    }
}

/// <summary>Where a master key comes from. Safe for concurrent use.</summary>
internal interface IMasterKeySource
{
    /// <summary>Begins a sentence about it, e.g. <c>The master key in ASSISTANT_MASTER_KEY</c>.</summary>
    string Name { get; }

    /// <summary>What to do when it is the wrong one.</summary>
    string Advice { get; }

    /// <summary>Whether there is a key, usable or not, rather than one still to be made.</summary>
    bool IsMade => true;

    /// <summary>The keys it has, <see cref="MasterKey.Size"/> bytes each, the most likely first; never none, and none is made.</summary>
    /// <exception cref="MasterKeyException">It has none that can be used.</exception>
    byte[][] Read();

    /// <summary>The same where nothing was wrapped yet: one that is not there is made.</summary>
    /// <exception cref="MasterKeyException">It has none that can be used, and none can be made.</exception>
    byte[][] ReadOrMake() => Read();

    /// <summary>The keys it has without making any, for what was wrapped elsewhere or earlier.</summary>
    /// <inheritdoc cref="MasterKey.FindAll"/>
    byte[][] Find(byte[] derivation) => Read();

    /// <inheritdoc cref="MasterKey.Derivation"/>
    byte[] Derivation => [];
}

/// <summary>A key from the environment, or a test's.</summary>
internal sealed class KnownKey(byte[] key, string name) : IMasterKeySource
{
    public string Name => name;

    public string Advice => "Set the one that belongs to this data.";

    public byte[][] Read() => [key];
}

/// <summary>The application cannot start without its master key.</summary>
public sealed class MasterKeyException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
