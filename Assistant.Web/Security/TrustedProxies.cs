using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Assistant.Web.Security;

/// <summary>The reverse proxies whose word is taken for where a request came from.</summary>
public sealed class ProxyOptions
{
    public const string Section = "Assistant:Proxy";

    /// <summary>
    /// Addresses and networks of the proxies, with spaces or commas between: <c>127.0.0.1 10.1.0.0/16</c>. Default: none, and
    /// <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> count for nothing. Name proxies alone: whoever is named can pass for anybody.
    /// </summary>
    public string Trusted { get; set; } = "";
}

/// <summary>Takes visitor's address, scheme and host from trusted proxies, so that limits, audit and cookies see the visitor and not the proxy.</summary>
internal static class TrustedProxies
{
    private static readonly char[] Separators = [' ', ','];

    public static IServiceCollection AddTrustedProxies(this IServiceCollection services)
    {
        services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section)
            .Validate(
                options => Split(options).All(part => IPNetwork.TryParse(Network(part), out _)),
                "Assistant:Proxy:Trusted must list addresses and networks such as '127.0.0.1 10.1.0.0/16'.")
            .ValidateOnStart();

        // The last word: ASPNETCORE_FORWARDEDHEADERS_ENABLED alone would take these headers from everybody.
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>((headers, proxies) =>
        {
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var part in Split(proxies.Value))
            {
                headers.KnownIPNetworks.Add(IPNetwork.Parse(Network(part)));
            }

            headers.ForwardLimit = null; // from the right, as far as the hops are known
            headers.ForwardedHeaders = headers.KnownIPNetworks.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        });
        return services;
    }

    /// <summary>Before anything that looks at address, scheme or host.</summary>
    public static void UseTrustedProxies(this WebApplication app) => app.UseForwardedHeaders();

    private static string[] Split(ProxyOptions options)
        => options.Trusted.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // One address is a network of one.
    private static string Network(string part) => IPAddress.TryParse(part, out var address) ? $"{part}/{address.GetAddressBytes().Length * 8}" : part;
}
