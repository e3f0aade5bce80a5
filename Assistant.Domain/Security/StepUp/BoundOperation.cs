using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.StepUp;

/// <summary>An argument of a sensitive act.</summary>
/// <param name="IsSecret">Goes into the hash and is neither shown nor stored.</param>
public readonly record struct OperationArgument(string Name, string Value, bool IsSecret = false);

/// <summary>Exactly one sensitive act: what, on what, with which arguments. Its hash is what a proof is bound to.</summary>
/// <param name="Subject">As in audit events, e.g. <c>user/0198…</c>.</param>
public sealed record BoundOperation(SensitiveOperation What, TenantId Tenant, string Subject, IReadOnlyList<OperationArgument> Arguments)
{
    private const string Context = "assistant step-up v1";

    /// <summary>What a person who is asked may see.</summary>
    public IReadOnlyDictionary<string, string> Shown
        => Arguments.Where(argument => !argument.IsSecret).ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);

    /// <summary>SHA-256 over the parts, each as UTF-8 behind its length in four bytes, big-endian; arguments in the order of their names.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Context);
        Append(hash, What.Name);
        Append(hash, Tenant.Value);
        Append(hash, Subject);
        foreach (var argument in Arguments.OrderBy(argument => argument.Name, StringComparer.Ordinal))
        {
            Append(hash, argument.Name);
            Append(hash, argument.Value);
        }

        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, string part)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = Encoding.UTF8.GetBytes(part);
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
