using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What this client understands (XEP-0030), and the short name under which others need not ask for it again (XEP-0115). Pure.</summary>
internal static class XmppCapabilities
{
    private const string Node = "https://xmpp.org/extensions/xep-0115.html#assistant";

    private static readonly (string Category, string Type, string Language, string Name)[] Identities = [("client", "bot", "", "Assistant")];

    private static readonly string[] Features =
    [
        XmppNames.Capabilities.NamespaceName, XmppNames.ChatStates.NamespaceName, XmppNames.Correct.NamespaceName, XmppNames.DiscoInfo.NamespaceName,
        XmppNames.Muc.NamespaceName, XmppNames.OutOfBand.NamespaceName, XmppNames.Ping.NamespaceName, XmppNames.Reactions.NamespaceName, XmppNames.Reply.NamespaceName, XmppNames.Retract.NamespaceName,
    ];

    /// <summary>What a presence carries.</summary>
    public static XElement Announcement => new(XmppNames.Capabilities + "c",
        new XAttribute("hash", "sha-1"), new XAttribute("node", Node), new XAttribute("ver", Hash(Identities, Features)));

    /// <summary>What whoever asks is told.</summary>
    /// <param name="node">As it was asked for.</param>
    public static XElement Answer(string? node) => new(XmppNames.DiscoInfo + "query",
        node is null ? null : new XAttribute("node", node),
        Identities.Select(identity => new XElement(XmppNames.DiscoInfo + "identity",
            new XAttribute("category", identity.Category), new XAttribute("type", identity.Type), new XAttribute("name", identity.Name))),
        Features.Select(feature => new XElement(XmppNames.DiscoInfo + "feature", new XAttribute("var", feature))));

    /// <summary>The short name (XEP-0115, 5.1): sorted by bytes, so that everybody comes to the same.</summary>
    public static string Hash(IEnumerable<(string Category, string Type, string Language, string Name)> identities, IEnumerable<string> features)
    {
        var said = new StringBuilder();
        foreach (var identity in identities.Select(one => $"{one.Category}/{one.Type}/{one.Language}/{one.Name}").Order(StringComparer.Ordinal))
        {
            said.Append(identity).Append('<');
        }

        foreach (var feature in features.Order(StringComparer.Ordinal))
        {
            said.Append(feature).Append('<');
        }

#pragma warning disable CA5350 // the protocol's own short name of a list; it protects nothing
        return Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(said.ToString())));
#pragma warning restore CA5350
    }
}
