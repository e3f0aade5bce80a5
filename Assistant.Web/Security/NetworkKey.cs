using System.Net;
using System.Net.Sockets;

namespace Assistant.Web.Security;

/// <summary>An address as limits see it: one household has a whole IPv6 /64.</summary>
internal static class NetworkKey
{
    public static IPAddress Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    public static IPAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
