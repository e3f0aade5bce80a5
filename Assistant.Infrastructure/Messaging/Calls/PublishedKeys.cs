using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Domain.Wording;
using Microsoft.IdentityModel.Tokens;

namespace Assistant.Infrastructure.Messaging.Calls;

// The keys a messenger signs its callbacks with, as it publishes them (RFC 7517), held in memory.
//
// Invariants. (1) They are fetched again once they are a day old, and when a token names a key that is not among them: messengers change keys without
// telling. (2) Anybody can name a key that does not exist, so such a name leads to one fetch an hour, not to one each. (3) While they cannot be
// fetched the old ones hold; with none at all a callback is neither believed nor refused, but asked for again.

/// <summary>A key that a messenger publishes.</summary>
/// <param name="Endorsements">What the key vouches for, where the messenger says so.</param>
internal sealed record PublishedKey(RsaSecurityKey Key, IReadOnlyList<string> Endorsements);

/// <summary>What became of looking for a key.</summary>
internal abstract record KeyFinding
{
    private KeyFinding() { }

    public sealed record Found(PublishedKey Key) : KeyFinding;

    /// <summary>The messenger publishes no such key.</summary>
    public sealed record Unknown : KeyFinding;

    /// <summary>Nobody can say: there are no keys yet.</summary>
    public sealed record Unavailable(Phrase Reason) : KeyFinding;
}

/// <summary>Looks for a key by its id.</summary>
internal delegate Task<KeyFinding> KeySource(string id, CancellationToken cancellationToken);

/// <summary>The keys published at one address. Safe for concurrent use.</summary>
/// <param name="address">Of the keys, or of OpenID metadata that says where they are.</param>
internal sealed class PublishedKeys(string messenger, Uri address, MessengerHttp http, CallOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(10);
    private const int LeastKeyBytes = 256;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Held? _held;
    private DateTimeOffset _nextSearch = DateTimeOffset.MinValue;
    private DateTimeOffset _nextTry = DateTimeOffset.MinValue;
    private Phrase _fault = Phrase.Of("channel.unreachable", ("name", messenger));

    /// <summary>Fetches the keys, if there are none.</summary>
    /// <exception cref="PhrasedException">They cannot be had.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (_held is null && await FindAsync("", cancellationToken) is KeyFinding.Unavailable none)
        {
            throw new PhrasedException(none.Reason);
        }
    }

    /// <summary>The key of this id. Matches <see cref="KeySource"/>.</summary>
    public async Task<KeyFinding> FindAsync(string id, CancellationToken cancellationToken)
    {
        var held = _held;
        var known = held?.Keys.GetValueOrDefault(id);
        if (known is not null && !IsOld(held!))
        {
            return new KeyFinding.Found(known);
        }

        // While somebody fetches, a key that was good a moment ago is good enough.
        if (!await _turn.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken))
        {
            return new KeyFinding.Found(known!);
        }

        try
        {
            if (IsFetchDue(id))
            {
                await FetchAsync(id, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return _held is not { } now ? new KeyFinding.Unavailable(_fault)
            : now.Keys.GetValueOrDefault(id) is { } key ? new KeyFinding.Found(key)
            : new KeyFinding.Unknown();
    }

    /// <summary>The keys of a document, by id. Total: what cannot be read, or is no key to verify with, is left out.</summary>
    public static FrozenDictionary<string, PublishedKey> Parse(ReadOnlySpan<byte> document)
        => Read(document)?.Keys is { } keys
            ? keys.Select(KeyOf).OfType<PublishedKey>().GroupBy(key => key.Key.KeyId, StringComparer.Ordinal).ToFrozenDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal)
            : FrozenDictionary<string, PublishedKey>.Empty;

    public void Dispose() => _turn.Dispose();

    private bool IsOld(Held held) => time.GetUtcNow() - held.At >= options.KeyLifetime;

    private bool IsFetchDue(string id)
    {
        var now = time.GetUtcNow();
        return now >= _nextTry && (_held is not { } held || IsOld(held) || (!held.Keys.ContainsKey(id) && now >= _nextSearch));
    }

    private async Task FetchAsync(string id, CancellationToken cancellationToken)
    {
        var isSearch = _held is not null && !_held.Keys.ContainsKey(id);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        FrozenDictionary<string, PublishedKey> keys;
        try
        {
            keys = await DownloadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _fault = Phrase.Of("channel.no-answer", ("name", messenger));
            keys = FrozenDictionary<string, PublishedKey>.Empty;
        }

        var now = time.GetUtcNow();
        if (keys.Count == 0)
        {
            _nextTry = now + PauseAfterFault;
            return;
        }

        _held = new Held(keys, now);
        if (isSearch)
        {
            _nextSearch = now + options.KeyPause;
        }
    }

    private async Task<FrozenDictionary<string, PublishedKey>> DownloadAsync(CancellationToken cancellationToken)
    {
        var document = await GetAsync(address, cancellationToken);
        if (Read(document)?.JwksUri is { } named && Uri.TryCreate(named, UriKind.Absolute, out var place)
            && (place.Scheme == Uri.UriSchemeHttps || place.GetLeftPart(UriPartial.Authority) == address.GetLeftPart(UriPartial.Authority)))
        {
            document = await GetAsync(place, cancellationToken);
        }

        var keys = Parse(document);
        if (document.Length > 0 && keys.Count == 0)
        {
            _fault = Phrase.Of("channel.unreadable", ("name", messenger));
        }

        return keys;
    }

    private async Task<byte[]> GetAsync(Uri place, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, place);
        var outcome = await http.CallAsync(messenger, request, cancellationToken);
        if (outcome is CallOutcome.Answered { IsSuccess: true, Body: var body })
        {
            return body;
        }

        _fault = CallFaults.ReasonOf(messenger, outcome)!;
        return [];
    }

    private static PublishedKey? KeyOf(Jwk? key)
        => key is { Kty: "RSA", Kid: { Length: > 0 } id, Use: null or "sig", N: { } n, E: { } e } && BearerProof.Decoded(n) is { Length: >= LeastKeyBytes } modulus && BearerProof.Decoded(e) is { Length: > 0 and <= 8 } exponent
            ? new PublishedKey(
                new RsaSecurityKey(new RSAParameters { Modulus = modulus, Exponent = exponent }) { KeyId = id }, [.. (key.Endorsements ?? []).OfType<string>()])
            : null;

    private static KeyDocument? Read(ReadOnlySpan<byte> document)
    {
        try
        {
            return JsonSerializer.Deserialize(document, KeyJson.Default.KeyDocument);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Held(FrozenDictionary<string, PublishedKey> Keys, DateTimeOffset At);
}

/// <summary>OpenID metadata, or a set of keys: as much of both as is used.</summary>
internal sealed record KeyDocument([property: JsonPropertyName("jwks_uri")] string? JwksUri, [property: JsonPropertyName("keys")] IReadOnlyList<Jwk?>? Keys);

internal sealed record Jwk(string? Kty, string? Use, string? Kid, string? N, string? E, IReadOnlyList<string?>? Endorsements);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(KeyDocument))]
internal sealed partial class KeyJson : JsonSerializerContext;
