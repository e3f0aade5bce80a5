using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Messaging;

/// <summary>Signs tokens with keys of its own and publishes these, as messengers do that prove themselves by signed tokens. Safe for concurrent use.</summary>
public sealed class TokenMint
{
    // Keys take long to make: all mints share them, under names of their own.
    private static readonly Lazy<RSA>[] Pool = [.. Enumerable.Range(0, 4).Select(_ => new Lazy<RSA>(() => RSA.Create(2048)))];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (RSA Key, JsonObject? More)> _keys = new(StringComparer.Ordinal);

    /// <summary>Makes a key that is published from now on.</summary>
    /// <param name="more">What the messenger says of it beside the key itself.</param>
    public TokenMint With(string keyId, JsonObject? more = null)
    {
        lock (_lock)
        {
            _keys[keyId] = (Pool[_keys.Count % Pool.Length].Value, more);
        }

        return this;
    }

    /// <summary>No longer publishes a key.</summary>
    public void Withdraw(string keyId)
    {
        lock (_lock)
        {
            _keys.Remove(keyId);
        }
    }

    public string Sign(string keyId, JsonObject claims) => Sign(keyId, claims, new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = keyId });

    /// <param name="header">In place of the right one.</param>
    public string Sign(string keyId, JsonObject claims, JsonObject header)
    {
        var signed = $"{Part(header)}.{Part(claims)}";
        lock (_lock)
        {
            return $"{signed}.{Base64Url.EncodeToString(_keys[keyId].Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        }
    }

    /// <summary>The public halves.</summary>
    public JsonObject Published()
    {
        lock (_lock)
        {
            return new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(pair => (JsonNode)PublicHalf(pair.Key, pair.Value.Key, pair.Value.More))]) };
        }
    }

    private static JsonObject PublicHalf(string id, RSA key, JsonObject? more)
    {
        var half = key.ExportParameters(includePrivateParameters: false);
        var published = more?.DeepClone().AsObject() ?? [];
        published["kty"] = "RSA";
        published["use"] = "sig";
        published["kid"] = id;
        published["n"] = Base64Url.EncodeToString(half.Modulus);
        published["e"] = Base64Url.EncodeToString(half.Exponent);
        return published;
    }

    private static string Part(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
