using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Bodies;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class AuditCipherTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly AuditBody Body = new("192.0.2.1", new Dictionary<string, string> { ["b"] = "错误 🙂", ["a"] = "", ["é"] = "x" });

    private readonly AuditCipher _cipher = new(TenantId.Default, Key);

    public void Dispose() => _cipher.Dispose();

    [Fact]
    public void What_was_sealed_comes_back_with_its_details_in_order()
    {
        var opened = _cipher.Open(7, _cipher.Seal(7, Body));

        Assert.Equal(Body.Origin, opened.Origin);
        Assert.Equal([new("a", ""), new("b", "错误 🙂"), new("é", "x")], opened.Details);
        var empty = _cipher.Open(8, _cipher.Seal(8, new AuditBody("", AuditDraft.NoDetails)));
        Assert.Equal(("", 0), (empty.Origin, empty.Details.Count));
    }

    [Fact]
    public void It_opens_at_no_other_number_for_no_other_tenant_and_under_no_other_key()
    {
        using var other = new AuditCipher(new TenantId("other"), Key);
        using var foreign = new AuditCipher(TenantId.Default, new byte[32]);
        var sealedBytes = _cipher.Seal(7, Body);

        Assert.Throws<SealBrokenException>(() => _cipher.Open(8, sealedBytes));
        Assert.Throws<SealBrokenException>(() => other.Open(7, sealedBytes));
        Assert.Throws<SealBrokenException>(() => foreign.Open(7, sealedBytes));
    }

    [Fact]
    public void Any_altered_byte_is_noticed()
    {
        var sealedBytes = _cipher.Seal(7, Body);

        for (var i = 0; i < sealedBytes.Length; i++)
        {
            var altered = sealedBytes.ToArray();
            altered[i] ^= 1;
            Assert.Throws<SealBrokenException>(() => _cipher.Open(7, altered));
        }

        Assert.Throws<SealBrokenException>(() => _cipher.Open(7, sealedBytes.AsSpan(0, 20)));
    }

    [Fact]
    public void Each_block_of_numbers_has_a_key_of_its_own_and_all_of_them_open_in_any_order()
    {
        long[] numbers = [1, (1L << AuditCipher.BlockBits) - 1, 1L << AuditCipher.BlockBits, (5L << AuditCipher.BlockBits) + 3, long.MaxValue];
        var sealedBytes = numbers.Select(seq => _cipher.Seal(seq, Body)).ToList();

        foreach (var i in (int[])[4, 0, 2, 1, 3])
        {
            Assert.Equal(Body.Origin, _cipher.Open(numbers[i], sealedBytes[i]).Origin);
        }
    }
}
