// Which addresses of the internet protocol lead where. The registries are IANA's special-purpose address registries for IPv4 and IPv6
// (RFC 6890); what is not known to be globally reachable is not public. An IPv6 form that carries an IPv4 address is judged by what it
// carries, because that is where a translator sends it: ::ffff:0:0/96 (RFC 4291) and 64:ff9b::/96 (RFC 6052). Forms nobody needs any
// more (6to4, Teredo, IPv4-compatible, ISATAP) are refused whole.
using System.Net;
using System.Net.Sockets;
using IPNetwork = System.Net.IPNetwork;

namespace Assistant.Infrastructure.Outgoing;

/// <summary>Where an address leads.</summary>
internal enum NetworkReach
{
    /// <summary>Nowhere anybody would send a request on purpose: link-local, metadata of clouds, multicast, reserved, obsolete tunnels.</summary>
    Never,

    /// <summary>This machine or its own network.</summary>
    Private,

    /// <summary>The internet.</summary>
    Public,
}

/// <summary>Tells addresses apart. Pure; safe for concurrent use.</summary>
internal static class NetworkReaches
{
    private const int Ipv4Length = 4;

    private static readonly IPNetwork[] Unreachable =
    [
        .. Networks(
            "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4"),

        // Metadata and agents of clouds that lie outside of link-local: Azure, Alibaba; AWS and Google over IPv6.
        .. Networks("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32"),
        .. Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    ];

    // 198.18.0.0/15 is for benchmarks, but proxies on a desktop answer every name out of it; 100.64.0.0/10 is what overlay networks use.
    private static readonly IPNetwork[] Inside =
    [
        .. Networks("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "::1/128", "fc00::/7"),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Where a connection to the address would end.</summary>
    public static NetworkReach Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Of(address.MapToIPv4());
        }

        if (Translated.Contains(address))
        {
            // A translator has no business inside: RFC 6052 section 3.1 forbids the prefix for addresses that are not global.
            return Of(new IPAddress(address.GetAddressBytes().AsSpan()[^Ipv4Length..])) is NetworkReach.Public ? NetworkReach.Public : NetworkReach.Never;
        }

        if (Array.Exists(Unreachable, network => network.Contains(address)) || IsIsatap(address))
        {
            return NetworkReach.Never;
        }

        if (Array.Exists(Inside, network => network.Contains(address)))
        {
            return NetworkReach.Private;
        }

        return address.AddressFamily is AddressFamily.InterNetwork || Global.Contains(address) ? NetworkReach.Public : NetworkReach.Never;
    }

    // RFC 5214 section 6.1: the interface identifier is 0000:5efe or 0200:5efe, then the IPv4 address.
    private static bool IsIsatap(IPAddress address)
        => address.AddressFamily is AddressFamily.InterNetworkV6
            && address.GetAddressBytes() is [_, _, _, _, _, _, _, _, 0x00 or 0x02, 0x00, 0x5e, 0xfe, ..];

    private static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(network => IPNetwork.Parse(network));
}
