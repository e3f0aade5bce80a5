using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class CheckpointSignerTests
{
    [Fact]
    public async Task Each_tenant_has_a_key_of_its_own_and_every_process_finds_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (own, other) = (TenantId.Default, new TenantId("other"));
        var folder = Directory.CreateTempSubdirectory("assistant-signer-");
        await using var stores = await Stores.CreateAsync(onPostgres: false, TimeProvider.System, own, other);
        var keys = new Sealing(stores);
        Ed25519CheckpointSigner Signer() => new(stores.Reads, keys.Writes, keys.Sealer, new InstallationName(new DataFolder(folder.FullName)), TimeProvider.System);

        var (first, second) = (await Signer().ReadKeyAsync(own, cancel), await Signer().ReadKeyAsync(other, cancel));

        Assert.NotEqual(first.ToString(), second.ToString());
        Assert.EndsWith("/other", second.Name, StringComparison.Ordinal);
        Assert.Equal(first.ToString(), (await Signer().ReadKeyAsync(own, cancel)).ToString());
        folder.Delete(recursive: true);
    }
}
