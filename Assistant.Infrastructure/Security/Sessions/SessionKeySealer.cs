using System.Text;
using System.Xml.Linq;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>Wraps the secret part of a session key with the master key before it is written.</summary>
internal sealed class SessionKeySealer(MasterKey master) : IXmlEncryptor
{
    public const string Value = "value";

    public static ReadOnlySpan<byte> Binding => "session key"u8;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plaintext = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var wrapped = Convert.ToBase64String(master.Wrap(plaintext, Binding));
        return new EncryptedXmlInfo(new XElement("wrappedByMasterKey", new XElement(Value, wrapped)), typeof(SessionKeyOpener));
    }
}

/// <summary>The other way. The key's file names this type: it can be moved only together with a reader for files that name the old place.</summary>
internal sealed class SessionKeyOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<MasterKey>();
        var wrapped = Convert.FromBase64String(encryptedElement.Element(SessionKeySealer.Value)?.Value ?? "");
        var plaintext = master.Unwrap(wrapped, SessionKeySealer.Binding)
            ?? throw new MasterKeyException($"A session key does not open: the master key file {master.Path} is not the one it was made with.");
        return XElement.Parse(Encoding.UTF8.GetString(plaintext));
    }
}
