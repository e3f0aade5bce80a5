using System.Xml.Linq;
using Assistant.Domain.Observability;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Assistant.Testing.InMemory;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security.Sessions;

public sealed class SessionKeysTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    private DirectoryInfo Keys => new(Path.Combine(_folder.FullName, "session-keys"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_keys_file_holds_nothing_of_the_key()
    {
        await using var services = await OpenAsync();
        Protector(services).Protect("session");

        var key = Assert.Single(services.GetRequiredService<IKeyManager>().GetAllKeys());
        var file = File.ReadAllText(Assert.Single(Keys.GetFiles()).FullName);
        Assert.DoesNotContain(SecretOf(key), file, StringComparison.Ordinal);
        Assert.Contains("wrappedByInstallationKey", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_key_protected_opens_after_a_restart()
    {
        await using var before = await OpenAsync();
        var token = Protector(before).Protect("session");

        await using var after = await OpenAsync();

        Assert.Equal("session", Protector(after).Unprotect(token));
        Assert.Single(Keys.GetFiles());
    }

    [Fact]
    public async Task A_key_that_lay_open_still_opens_its_sessions_is_wrapped_in_place_and_gives_way_to_a_new_one()
    {
        var old = ProtectAsEarlierVersionsDid();
        var file = Assert.Single(Keys.GetFiles()).FullName;
        var secret = XElement.Load(file).Descendants("masterKey").Single().Element("value")!.Value;
        await using (var services = await OpenAsync())
        {
            services.GetRequiredService<SessionKeys>().SupersedeUnsealed();
            services.GetRequiredService<SessionKeys>().SupersedeUnsealed(); // nothing lies open any more
        }

        await using var after = await OpenAsync();

        Assert.Equal("session", Protector(after).Unprotect(old));
        Assert.All(Keys.GetFiles(), f => Assert.DoesNotContain(secret, File.ReadAllText(f.FullName), StringComparison.Ordinal));
        Assert.Equal(2, Keys.GetFiles().Length);
        Assert.NotEqual(KeyOf(old), KeyOf(Protector(after).Protect("session")));
    }

    [Fact]
    public async Task A_key_that_an_earlier_version_wrapped_by_the_master_key_opens_its_sessions_and_is_released_from_it()
    {
        string token;
        await using (var services = await OpenAsync())
        {
            token = Protector(services).Protect("session");
            WrapAsEarlierVersionsDid(services);
        }

        await using var after = await OpenAsync();

        Assert.Equal("session", Protector(after).Unprotect(token));
        var file = File.ReadAllText(Assert.Single(Keys.GetFiles()).FullName);
        Assert.Contains("wrappedByInstallationKey", file, StringComparison.Ordinal);
        Assert.DoesNotContain("wrappedByMasterKey", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_opens_under_no_other_master_key()
    {
        await using (var services = await OpenAsync())
        {
            Protector(services).Protect("session");
        }

        var refusal = await Assert.ThrowsAsync<MasterKeyException>(() => OpenAsync(new byte[MasterKey.Size]));

        Assert.Contains("The other master key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_is_made_when_it_is_needed_and_not_before()
    {
        var keys = new SessionKeys(new DataFolder(_folder.FullName), null!, null!, TimeProvider.System, NullLogger<SessionKeys>.Instance);
        Assert.False(Keys.Exists);

        Assert.True(keys.Folder.Exists);
        Assert.True(Keys.Exists);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ServiceProvider> OpenAsync(byte[]? masterKey = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddSingleton<ILiveFeed, InMemoryLiveFeed>();
        services.AddPersistence(new DataFolder(_folder.FullName));
        services.AddSecurity();
        if (masterKey is not null)
        {
            services.AddSingleton(new MasterKey(masterKey, "The other master key"));
        }

        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IDatabase>().MigrateAsync(Cancel);
        await provider.GetRequiredService<InstallationKey>().LoadAsync(Cancel);
        provider.GetRequiredService<SessionKeys>().ReleaseFromMasterKey();
        return provider;
    }

    private string ProtectAsEarlierVersionsDid()
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("Assistant").PersistKeysToFileSystem(Keys);
        using var provider = services.BuildServiceProvider();
        return Protector(provider).Protect("session");
    }

    private void WrapAsEarlierVersionsDid(ServiceProvider services)
    {
        var path = Assert.Single(Keys.GetFiles()).FullName;
        var key = XElement.Load(path);
        var wrapped = key.Descendants("wrappedByInstallationKey").Single();
        var secret = SealedBox.Open(services.GetRequiredService<InstallationKey>().Bytes, Convert.FromBase64String(wrapped.Value), SessionKeySealer.Binding)!;
        var master = MasterKeyFile.ReadOrCreate(Path.Combine(_folder.FullName, "master.key"));
        wrapped.ReplaceWith(new XElement(
            "wrappedByMasterKey", new XElement("value", Convert.ToBase64String(SealedBox.Wrap(master, secret, SessionKeySealer.Binding)))));
        key.Save(path);
    }

    private static IDataProtector Protector(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static string SecretOf(IKey key)
        => key.Descriptor.ExportToXml().SerializedDescriptorElement.Descendants("masterKey").Single().Element("value")!.Value;

    // A payload begins with four bytes of its own and the key's id.
    private static Guid KeyOf(string payload) => new(Convert.FromBase64String(Padded(payload))[4..20]);

    private static string Padded(string payload)
        => payload.Replace('-', '+').Replace('_', '/').PadRight((payload.Length + 3) / 4 * 4, '=');
}
