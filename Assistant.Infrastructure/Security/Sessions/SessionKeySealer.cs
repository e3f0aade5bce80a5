using System.Text;
using System.Xml.Linq;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>Wraps the secret part of a session key with the installation key before it is written, so that a new master key leaves the file as it is.</summary>
internal sealed class SessionKeySealer(InstallationKey installation) : IXmlEncryptor
{
    public const string Value = "value";
    public const string ByInstallation = "wrappedByInstallationKey";

    /// <summary>As earlier versions wrapped it.</summary>
    public const string ByMaster = "wrappedByMasterKey";

    public static byte[] Binding { get; } = "session key"u8.ToArray();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plaintext = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var wrapped = Convert.ToBase64String(SealedBox.Wrap(installation.Bytes, plaintext, Binding));
        return new EncryptedXmlInfo(new XElement(ByInstallation, new XElement(Value, wrapped)), typeof(SessionKeyOpener));
    }
}

/// <summary>The other way. The key's file names this type: it can be moved only together with a reader for files that name the old place.</summary>
internal sealed class SessionKeyOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<MasterKey>();
        var wrapped = Convert.FromBase64String(encryptedElement.Element(SessionKeySealer.Value)?.Value ?? "");
        var plaintext = encryptedElement.Name == SessionKeySealer.ByMaster
            ? master.Unwrap(wrapped, SessionKeySealer.Binding)
            : SealedBox.Open(services.GetRequiredService<InstallationKey>().Bytes, wrapped, SessionKeySealer.Binding);
        return plaintext is null
            ? throw new MasterKeyException($"A session key does not open: {master.Name} is not the one it was made with, or the file was altered.")
            : XElement.Parse(Encoding.UTF8.GetString(plaintext));
    }
}
