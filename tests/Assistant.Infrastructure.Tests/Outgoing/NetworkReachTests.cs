using System.Net;
using Assistant.Infrastructure.Outgoing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Outgoing;

public sealed class NetworkReachTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("149.154.167.220")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void The_internet_is_public(string address) => Assert.Equal(NetworkReach.Public, Of(address));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.3")]
    [InlineData("::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    public void This_machine_and_its_network_are_private(string address) => Assert.Equal(NetworkReach.Private, Of(address));

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("::ffff:169.254.169.254")]
    public void The_metadata_of_clouds_is_never_reached(string address) => Assert.Equal(NetworkReach.Never, Of(address));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("100::1")]
    [InlineData("64:ff9b:1::a00:1")]
    public void What_is_link_local_multicast_or_reserved_is_never_reached(string address) => Assert.Equal(NetworkReach.Never, Of(address));

    [Theory]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("2002:7f00:1::1")] // 6to4 of 127.0.0.1
    [InlineData("2002:0808:0808::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")] // Teredo
    [InlineData("::127.0.0.1")] // IPv4-compatible
    [InlineData("2a00:1450::5efe:a00:1")] // ISATAP of 10.0.0.1
    public void An_address_inside_another_does_not_slip_through(string address) => Assert.Equal(NetworkReach.Never, Of(address));

    private static NetworkReach Of(string address) => NetworkReaches.Of(IPAddress.Parse(address));
}
