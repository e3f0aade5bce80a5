using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every sealer under persons' keys must do.</summary>
public abstract class PersonSealerContract
{
    private const string Place = "turns/42/text";

    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly PersonId Ada = PersonId.Create();
    private static readonly PersonId Ben = PersonId.Create();
    private static readonly byte[] Said = Encoding.UTF8.GetBytes("Where do we meet?");

    /// <summary>Cancels with the test.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A sealer without any person's key, whose tenants exist, and the log it writes to.</summary>
    protected abstract Task<(IPersonSealer Sealer, IAuditLog Audit)> CreateAsync(params TenantId[] tenants);

    [Fact]
    public async Task What_was_sealed_for_a_person_opens_at_its_place()
    {
        var (sealer, _) = await CreateAsync(Own, Other);

        var sealedBytes = await sealer.SealAsync(Own, Ada, Place, Said, Cancel);

        Assert.Equal(Said, await sealer.OpenAsync(Own, Ada, Place, sealedBytes, Cancel));
        Assert.Equal(-1, sealedBytes.AsSpan().IndexOf(Said));
        Assert.NotEqual(sealedBytes, await sealer.SealAsync(Own, Ada, Place, Said, Cancel));
    }

    [Fact]
    public async Task It_opens_at_no_other_place_for_no_other_person_and_in_no_other_tenant()
    {
        var (sealer, _) = await CreateAsync(Own, Other);
        var sealedBytes = await sealer.SealAsync(Own, Ada, Place, Said, Cancel);
        await sealer.SealAsync(Own, Ben, Place, Said, Cancel);
        await sealer.SealAsync(Other, Ada, Place, Said, Cancel);

        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Ada, "turns/43/text", sealedBytes, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Ada, "notes/42/text", sealedBytes, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Ben, Place, sealedBytes, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Other, Ada, Place, sealedBytes, Cancel));
    }

    [Fact]
    public async Task Any_altered_byte_is_noticed()
    {
        var (sealer, _) = await CreateAsync(Own);
        var sealedBytes = await sealer.SealAsync(Own, Ada, Place, Said, Cancel);

        for (var i = 0; i < sealedBytes.Length; i++)
        {
            var altered = sealedBytes.ToArray();
            altered[i] ^= 1;
            await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Ada, Place, altered, Cancel));
        }

        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Ada, Place, sealedBytes.AsMemory(0, 12), Cancel));
    }

    [Fact]
    public async Task Destroying_a_persons_key_makes_what_is_sealed_under_it_unreadable_and_nothing_else()
    {
        var (sealer, audit) = await CreateAsync(Own, Other);
        var first = await sealer.SealAsync(Own, Ada, Place, Said, Cancel);
        var second = await sealer.SealAsync(Own, Ada, "turns/43/text", Said, Cancel);
        var bens = await sealer.SealAsync(Own, Ben, Place, Said, Cancel);
        var elsewhere = await sealer.SealAsync(Other, Ada, Place, Said, Cancel);

        Assert.True(await sealer.DestroyPersonKeyAsync(Own, Ada, Draft(), Cancel));

        Assert.Null(await sealer.OpenAsync(Own, Ada, Place, first, Cancel));
        Assert.Null(await sealer.OpenAsync(Own, Ada, "turns/43/text", second, Cancel));
        Assert.Equal(Said, await sealer.OpenAsync(Own, Ben, Place, bens, Cancel));
        Assert.Equal(Said, await sealer.OpenAsync(Other, Ada, Place, elsewhere, Cancel));
        Assert.Equal(1, await CountAsync(audit));
    }

    [Fact]
    public async Task A_key_is_destroyed_once_and_no_second_one_is_made()
    {
        var (sealer, audit) = await CreateAsync(Own);
        await sealer.SealAsync(Own, Ada, Place, Said, Cancel);

        Assert.True(await sealer.DestroyPersonKeyAsync(Own, Ada, Draft(), Cancel));
        Assert.False(await sealer.DestroyPersonKeyAsync(Own, Ada, Draft(), Cancel));

        await Assert.ThrowsAsync<PersonKeyDestroyedException>(() => sealer.SealAsync(Own, Ada, Place, Said, Cancel));
        Assert.Equal(1, await CountAsync(audit));
    }

    [Fact]
    public async Task Somebody_who_is_forgotten_before_anything_was_sealed_gets_no_key_either()
    {
        var (sealer, _) = await CreateAsync(Own);

        Assert.True(await sealer.DestroyPersonKeyAsync(Own, Ada, Draft(), Cancel));

        await Assert.ThrowsAsync<PersonKeyDestroyedException>(() => sealer.SealAsync(Own, Ada, Place, Said, Cancel));
    }

    [Fact]
    public async Task Many_first_values_at_once_share_one_key()
    {
        var (sealer, _) = await CreateAsync(Own);

        var sealedBytes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => sealer.SealAsync(Own, Ada, $"turns/{i}/text", Said, Cancel)));

        for (var i = 0; i < sealedBytes.Length; i++)
        {
            Assert.Equal(Said, await sealer.OpenAsync(Own, Ada, $"turns/{i}/text", sealedBytes[i], Cancel));
        }
    }

    private static AuditDraft Draft()
        => new(Own, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.PersonKeyDestroyed, $"person/{Ada}", "local", AuditDraft.NoDetails);

    private static async Task<int> CountAsync(IAuditLog log)
        => await log.ReadAsync(Own, 1, Cancel).CountAsync(e => e.What.Action == AuditActions.PersonKeyDestroyed, Cancel);
}
