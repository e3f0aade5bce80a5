using System.Text;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class SealingTests : IAsyncLifetime
{
    private const string Place = "connections/tg/settings";
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("123456:token");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"assistant-{Guid.CreateVersion7():N}");
    private Stores _stores = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await Stores.CreateAsync(onPostgres: false, TimeProvider.System, Own, Other);

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_sealed_opens_at_its_place_after_a_restart()
    {
        var sealedBytes = await Sealer().SealAsync(Own, Place, Secret, Cancel);

        Assert.Equal(Secret, await Sealer().OpenAsync(Own, Place, sealedBytes, Cancel));
        Assert.Equal(-1, sealedBytes.AsSpan().IndexOf(Secret));
    }

    [Fact]
    public async Task The_same_secret_never_looks_the_same()
        => Assert.NotEqual(await Sealer().SealAsync(Own, Place, Secret, Cancel), await Sealer().SealAsync(Own, Place, Secret, Cancel));

    [Fact]
    public async Task It_opens_at_no_other_place_for_no_other_tenant_and_under_no_other_master_key()
    {
        var sealer = Sealer();
        var sealedBytes = await sealer.SealAsync(Own, Place, Secret, Cancel);
        await sealer.SealAsync(Other, Place, Secret, Cancel);

        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, "connections/tg2/settings", sealedBytes, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Other, Place, sealedBytes, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => Sealer(masterKey: 2).OpenAsync(Own, Place, sealedBytes, Cancel));
    }

    [Fact]
    public async Task Another_master_key_is_noticed_at_the_start_and_named()
    {
        await new Sealing(_stores).Installation.LoadAsync(Cancel);

        await new Sealing(_stores).Installation.LoadAsync(Cancel);
        var refusal = await Assert.ThrowsAsync<MasterKeyException>(() => new Sealing(_stores, Sealing.Key(2)).Installation.LoadAsync(Cancel));

        Assert.StartsWith("The master key of this test is not the one this data was made with.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_a_version_before_the_installation_key_is_told_by_a_data_key()
    {
        await Sealer().SealAsync(Own, Place, Secret, Cancel);
        await _stores.Writes.ExecuteAsync(TenantScope.System, session => session.Execute("DELETE FROM installation_key"), Cancel);

        await Assert.ThrowsAsync<MasterKeyException>(() => new Sealing(_stores, Sealing.Key(2)).Installation.LoadAsync(Cancel));
        await new Sealing(_stores).Installation.LoadAsync(Cancel);
        await Assert.ThrowsAsync<MasterKeyException>(() => new Sealing(_stores, Sealing.Key(2)).Installation.LoadAsync(Cancel));
    }

    [Fact]
    public async Task Any_altered_byte_is_noticed()
    {
        var sealer = Sealer();
        var sealedBytes = await sealer.SealAsync(Own, Place, Secret, Cancel);

        for (var i = 0; i < sealedBytes.Length; i++)
        {
            var altered = sealedBytes.ToArray();
            altered[i] ^= 1;
            await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Place, altered, Cancel));
        }

        await Assert.ThrowsAsync<SealBrokenException>(() => sealer.OpenAsync(Own, Place, sealedBytes.AsMemory(0, 20), Cancel));
    }

    [Fact]
    public async Task Many_first_secrets_at_once_share_one_data_key()
    {
        var sealedBytes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Sealer().SealAsync(Own, $"{Place}/{i}", Secret, Cancel)));

        for (var i = 0; i < sealedBytes.Length; i++)
        {
            Assert.Equal(Secret, await Sealer().OpenAsync(Own, $"{Place}/{i}", sealedBytes[i], Cancel));
        }
    }

    [Fact]
    public void The_master_key_file_is_made_once_and_for_its_owner_alone()
    {
        var path = Path.Combine(_folder, "sub", "master.key");

        var keys = Enumerable.Range(0, 8).AsParallel().Select(_ => Convert.ToHexString(MasterKeyFile.ReadOrCreate(path))).ToList();

        Assert.Single(keys.Distinct());
        Assert.NotEqual(new string('0', 64), keys[0]);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_master_key_file_others_can_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file mode.");
        var path = Path.Combine(_folder, "master.key");
        MasterKeyFile.ReadOrCreate(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        Assert.Contains("chmod 600", Assert.Throws<MasterKeyException>(() => MasterKeyFile.ReadOrCreate(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_key_file_of_the_wrong_size_is_refused_and_kept()
    {
        var path = Path.Combine(_folder, "master.key");
        MasterKeyFile.ReadOrCreate(path);
        File.WriteAllBytes(path, new byte[31]);

        Assert.Contains("31 bytes", Assert.Throws<MasterKeyException>(() => MasterKeyFile.ReadOrCreate(path)).Message, StringComparison.Ordinal);
        Assert.Equal(31, new FileInfo(path).Length);
    }

    private EnvelopeSealer Sealer(byte masterKey = 1) => new Sealing(_stores, Sealing.Key(masterKey)).Sealer;
}
