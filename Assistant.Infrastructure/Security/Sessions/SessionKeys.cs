using System.Xml.Linq;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>The keys that sign people's sessions and visitors' tokens: files in the data folder, their secrets wrapped by the installation key.</summary>
internal sealed partial class SessionKeys(
    DataFolder data, InstallationKey installation, IServiceProvider services, TimeProvider clock, ILogger<SessionKeys> logger)
{
    private readonly SessionKeySealer _sealer = new(installation);

    // Not sooner: the doctor is composed with everything else, and examines folders in which nothing can be made.
    private readonly Lazy<DirectoryInfo> _folder = new(() => PrivateFolder.Create(PathIn(data)));

    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(90);

    // How the framework marks secrets, and what it puts in their place: https://learn.microsoft.com/aspnet/core/security/data-protection/extensibility/key-management
    private static readonly XNamespace Framework = "http://schemas.asp.net/2015/03/dataProtection";

    /// <summary>Made on the first use, for the program's account alone.</summary>
    public DirectoryInfo Folder => _folder.Value;

    /// <summary>
    /// Keys that lie open, as earlier versions wrote them, are wrapped where they are, so that sessions go on; and a new key takes over,
    /// because an old one may have been copied.
    /// </summary>
    public void SupersedeUnsealed()
    {
        var count = Folder.EnumerateFiles("key-*.xml").Count(SealIfOpen);
        if (count > 0)
        {
            var now = clock.GetUtcNow();
            services.GetRequiredService<IKeyManager>().CreateNewKey(now, now + KeyLifetime);
            LogSuperseded(logger, count);
        }
    }

    /// <summary>
    /// Keys wrapped by the master key itself, as earlier versions did, are wrapped by the installation key, so that the master key can
    /// change.
    /// </summary>
    /// <exception cref="MasterKeyException">One does not open.</exception>
    public void ReleaseFromMasterKey()
    {
        foreach (var file in Folder.EnumerateFiles("key-*.xml"))
        {
            var key = XElement.Load(file.FullName);
            var wrapped = key.Descendants(SessionKeySealer.ByMaster).ToList();
            foreach (var secret in wrapped)
            {
                secret.ReplaceWith(_sealer.Encrypt(new SessionKeyOpener(services).Decrypt(secret)).EncryptedElement);
            }

            SaveIf(wrapped.Count > 0, key, file);
        }
    }

    private bool SealIfOpen(FileInfo file)
    {
        var key = XElement.Load(file.FullName);
        var secrets = key.Descendants().Where(e => (bool?)e.Attribute(Framework + "requiresEncryption") == true).ToList();
        foreach (var secret in secrets)
        {
            var sealedSecret = _sealer.Encrypt(secret);
            secret.ReplaceWith(new XElement(
                Framework + "encryptedSecret", new XAttribute("decryptorType", sealedSecret.DecryptorType.AssemblyQualifiedName!), sealedSecret.EncryptedElement));
        }

        SaveIf(secrets.Count > 0, key, file);
        return secrets.Count > 0;
    }

    private static void SaveIf(bool isChanged, XElement key, FileInfo file)
    {
        if (isChanged)
        {
            var aside = $"{file.FullName}.{Guid.CreateVersion7():N}";
            key.Save(aside);
            File.Move(aside, file.FullName, overwrite: true);
        }
    }

    private static string PathIn(DataFolder data) => Path.Combine(data.Path, "session-keys");

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} session keys lay unencrypted in the data folder; they are now wrapped, and a new key took over")]
    private static partial void LogSuperseded(ILogger logger, int count);
}
