using System.Net;
using Assistant.Web.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>Who needs no key for the figures.</summary>
public sealed class MetricsEndpointTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:8080", true)]
    [InlineData("127.0.0.1", "LOCALHOST", true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", true)]
    [InlineData("::1", "[::1]:8080", true)]
    [InlineData("127.0.0.1", "192.0.2.7:8080", true)]
    [InlineData("127.0.0.1", "rebound.evil.example:8080", false)] // a page whose name leads to this machine
    [InlineData("127.0.0.1", "localhost.evil.example", false)]
    [InlineData("127.0.0.1", "", false)]
    [InlineData("192.0.2.7", "localhost:8080", false)]
    public void A_caller_on_this_machine_names_it_as_no_other_site_can(string from, string host, bool isLocal)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(from);
        http.Request.Host = new HostString(host);

        Assert.Equal(isLocal, MetricsEndpoint.IsDirectAndLocal(http));
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Original-For")]
    [InlineData("Forwarded")]
    public void Who_comes_through_a_proxy_is_not_local(string header)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Host = new HostString("localhost");
        http.Request.Headers[header] = "192.0.2.7";

        Assert.False(MetricsEndpoint.IsDirectAndLocal(http));
    }
}
