using System.Xml.Linq;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security.Sessions;

public sealed class SessionKeysTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    private DirectoryInfo Keys => new(Path.Combine(_folder.FullName, "session-keys"));

    [Fact]
    public void A_keys_file_holds_nothing_of_the_key()
    {
        using var services = Open();
        Protector(services).Protect("session");

        var key = Assert.Single(services.GetRequiredService<IKeyManager>().GetAllKeys());
        var file = File.ReadAllText(Assert.Single(Keys.GetFiles()).FullName);
        Assert.DoesNotContain(SecretOf(key), file, StringComparison.Ordinal);
        Assert.Contains("wrappedByMasterKey", file, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_key_protected_opens_after_a_restart()
    {
        using var before = Open();
        var token = Protector(before).Protect("session");

        using var after = Open();

        Assert.Equal("session", Protector(after).Unprotect(token));
        Assert.Single(Keys.GetFiles());
    }

    [Fact]
    public void A_key_that_lay_open_still_opens_its_sessions_is_wrapped_in_place_and_gives_way_to_a_new_one()
    {
        var old = ProtectAsEarlierVersionsDid();
        var file = Assert.Single(Keys.GetFiles()).FullName;
        var secret = XElement.Load(file).Descendants("masterKey").Single().Element("value")!.Value;
        using (var services = Open())
        {
            services.GetRequiredService<SessionKeys>().SupersedeUnsealed();
            services.GetRequiredService<SessionKeys>().SupersedeUnsealed(); // nothing lies open any more
        }

        using var after = Open();

        Assert.Equal("session", Protector(after).Unprotect(old));
        Assert.All(Keys.GetFiles(), f => Assert.DoesNotContain(secret, File.ReadAllText(f.FullName), StringComparison.Ordinal));
        Assert.Equal(2, Keys.GetFiles().Length);
        Assert.NotEqual(KeyOf(old), KeyOf(Protector(after).Protect("session")));
    }

    [Fact]
    public void A_key_opens_under_no_other_master_key()
    {
        var element = new SessionKeySealer(new MasterKey(new byte[MasterKeyFile.KeySize], "one")).Encrypt(new XElement("masterKey", "secret")).EncryptedElement;
        var other = new ServiceCollection().AddSingleton(new MasterKey([.. Enumerable.Repeat((byte)1, MasterKeyFile.KeySize)], "the/other")).BuildServiceProvider();

        Assert.Contains("the/other", Assert.Throws<MasterKeyException>(() => new SessionKeyOpener(other).Decrypt(element)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ServiceProvider Open()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddPersistence(new DataFolder(_folder.FullName));
        services.AddSecurity();
        return services.BuildServiceProvider();
    }

    private string ProtectAsEarlierVersionsDid()
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("Assistant").PersistKeysToFileSystem(Keys);
        using var provider = services.BuildServiceProvider();
        return Protector(provider).Protect("session");
    }

    private static IDataProtector Protector(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static string SecretOf(IKey key)
        => key.Descriptor.ExportToXml().SerializedDescriptorElement.Descendants("masterKey").Single().Element("value")!.Value;

    // A payload begins with four bytes of its own and the key's id.
    private static Guid KeyOf(string payload) => new(Convert.FromBase64String(Padded(payload))[4..20]);

    private static string Padded(string payload)
        => payload.Replace('-', '+').Replace('_', '/').PadRight((payload.Length + 3) / 4 * 4, '=');
}
