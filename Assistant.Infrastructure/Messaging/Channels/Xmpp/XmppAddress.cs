using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>An address of XMPP, <c>local@domain/resource</c> (RFC 7622). Local part and domain are compared in lower case, the resource as it is.</summary>
internal sealed record XmppAddress
{
    private const int MaxPartBytes = 1023;

    private XmppAddress(string local, string domain, string resource) => (Local, Domain, Resource) = (local, domain, resource);

    /// <summary>Empty for a server or a service.</summary>
    public string Local { get; }

    public string Domain { get; }

    /// <summary>The device of a person, or somebody's name in a room; empty when there is none.</summary>
    public string Resource { get; }

    /// <summary>Without the resource.</summary>
    public string Bare => Local.Length == 0 ? Domain : $"{Local}@{Domain}";

    public override string ToString() => Resource.Length == 0 ? Bare : $"{Bare}/{Resource}";

    public XmppAddress With(string resource) => new(Local, Domain, resource);

    /// <summary>Reads any text; what has not the form of an address gives <see langword="false"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out XmppAddress? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text) || text.Length > 3 * MaxPartBytes + 2)
        {
            return false;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var resource = slash < 0 ? "" : text[(slash + 1)..];
        var bare = slash < 0 ? text : text[..slash];
        var at = bare.IndexOf('@', StringComparison.Ordinal);
        var (local, domain) = at < 0 ? ("", bare) : (bare[..at], bare[(at + 1)..]);
        if (slash == text.Length - 1 || at == 0 || !IsPart(domain) || !IsPart(local, "\"&'/:<>@") || !IsPart(resource) || domain.Length == 0 || domain.AsSpan().ContainsAny("@/ "))
        {
            return false;
        }

        address = new XmppAddress(local.ToLowerInvariant(), domain.TrimEnd('.').ToLowerInvariant(), resource);
        return address.Domain.Length > 0;
    }

    private static bool IsPart(string part, string forbidden = "")
    {
        foreach (var c in part)
        {
            if (char.IsControl(c) || c is '\uFFFE' or '\uFFFF' || forbidden.Contains(c, StringComparison.Ordinal) || forbidden.Length > 0 && char.IsWhiteSpace(c))
            {
                return false;
            }
        }

        return Encoding.UTF8.GetByteCount(part) <= MaxPartBytes;
    }
}
