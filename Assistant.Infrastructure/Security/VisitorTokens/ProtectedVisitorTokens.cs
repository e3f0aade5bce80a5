using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Microsoft.AspNetCore.DataProtection;

namespace Assistant.Infrastructure.Security.VisitorTokens;

/// <summary>Visitor tokens under the installation's data protection keys.</summary>
/// <remarks>
/// Payload: 16 bytes of visitor id, 8 bytes of issue time (Unix seconds, big endian). Purpose: tenant, connection and kind, so that a
/// token opens nothing of another tenant even when a connection's name passes on. Used passes are remembered until they would have
/// expired anyway; a restart forgets them, which leaves a stolen, already used pass open for the rest of its few minutes.
/// </remarks>
internal sealed class ProtectedVisitorTokens(IDataProtectionProvider protection, TimeProvider time) : IVisitorTokens
{
    private const int MaxTokenLength = 1024;
    private const int PayloadBytes = 24;
    private const int MaxUsedPasses = 10_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);
    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(30);
    private static readonly TimeSpan PassLifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, UsedPass> _usedPasses = [];

    public string Issue(Connection connection, VisitorId visitor) => Seal(connection, "visitor", visitor);

    public VisitorTicket? Read(Connection connection, string token) =>
        Open(connection, "visitor", token) is var (visitor, age) && age <= Lifetime ? new(visitor, age >= RenewAfter) : null;

    public string IssuePass(Connection connection, VisitorId visitor) => Seal(connection, "pass", visitor);

    public VisitorId? RedeemPass(Connection connection, string pass, string? device = null) =>
        Open(connection, "pass", pass) is var (visitor, age) && age <= PassLifetime && UseUp(pass, device) ? visitor : null;

    public void ReturnPass(string pass)
    {
        lock (_gate)
        {
            _usedPasses.Remove(pass);
        }
    }

    private bool UseUp(string pass, string? device)
    {
        var now = time.GetUtcNow();
        var by = device is { Length: > 0 } ? SHA256.HashData(Encoding.UTF8.GetBytes(device)) : null;
        lock (_gate)
        {
            if (_usedPasses.TryGetValue(pass, out var used))
            {
                return by is not null && used.By is not null && CryptographicOperations.FixedTimeEquals(by, used.By);
            }

            if (_usedPasses.Count >= MaxUsedPasses)
            {
                foreach (var old in _usedPasses.Where(one => one.Value.Until <= now).Select(one => one.Key).ToList())
                {
                    _usedPasses.Remove(old);
                }
            }

            // Full of live entries: refusing a pass is safe, accepting one twice is not.
            return _usedPasses.Count < MaxUsedPasses && _usedPasses.TryAdd(pass, new(now + PassLifetime, by));
        }
    }

    private string Seal(Connection connection, string kind, VisitorId visitor)
    {
        var payload = new byte[PayloadBytes];
        visitor.Value.TryWriteBytes(payload, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(16), time.GetUtcNow().ToUnixTimeSeconds());
        return Base64Url.EncodeToString(Protector(connection, kind).Protect(payload));
    }

    private (VisitorId Visitor, TimeSpan Age)? Open(Connection connection, string kind, string token)
    {
        if (token.Length is 0 or > MaxTokenLength)
        {
            return null;
        }

        try
        {
            // Spaces, filling and spare bits are read over: only the one way to write a token counts, or a used pass had other spellings.
            var box = Base64Url.DecodeFromChars(token);
            if (Base64Url.EncodeToString(box) != token || Protector(connection, kind).Unprotect(box) is not { Length: PayloadBytes } payload)
            {
                return null;
            }

            var issuedAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(16)));
            return (new VisitorId(new Guid(payload.AsSpan(0, 16), bigEndian: true)), time.GetUtcNow() - issuedAt);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private IDataProtector Protector(Connection connection, string kind) =>
        protection.CreateProtector("Assistant.WebChat", connection.Tenant.Value, connection.Id.Value, kind);

    /// <param name="By">Hash of the word of the device that used it.</param>
    private sealed record UsedPass(DateTimeOffset Until, byte[]? By);
}
