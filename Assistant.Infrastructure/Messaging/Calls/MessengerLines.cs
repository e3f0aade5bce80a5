using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Where a messenger that does not speak HTTP is reached.</summary>
/// <param name="Authority">
/// Certificates, as PEM, of the only authorities whose word counts for the server's certificate; <see langword="null"/> for those of the system.
/// </param>
internal sealed record LineAddress(string Host, int Port, bool UsesTls, string? Authority = null)
{
    /// <summary>The setting for <see cref="Authority"/>.</summary>
    public static SettingField AuthorityField { get; } = new(
        "authority",
        new("Certificate authority", "证书颁发机构"),
        new("The authority's certificate as PEM, when the server's certificate is of your own making. Empty: the authorities this system trusts.",
            "若服务器使用自签证书，填写其颁发机构的 PEM 证书；留空则使用系统信任的颁发机构。"),
        IsDestination: true);

    /// <summary>Whom the certificate has to name, where it is not the host; <see langword="null"/> for the host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether nothing that is sent leaves this machine.</summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Opens lines to messengers that do not speak HTTP: behind the guard of all outgoing connections, bounded in time. Safe for concurrent use.</summary>
internal sealed class MessengerLines(OutgoingHttp outgoing, IOptions<CallOptions> options)
{
    /// <summary>Connects, with TLS where the address says so; the caller owns the stream.</summary>
    /// <param name="messenger">Its name, for what is said about a failure.</param>
    /// <exception cref="PhrasedException">There is no line, in plain words.</exception>
    public async Task<Stream> OpenAsync(string messenger, LineAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Value.CallTimeout);
        Stream? line = null;
        try
        {
            line = await outgoing.ConnectAsync(new DnsEndPoint(address.Host, address.Port), AddressSource.Configured, patience.Token);
            return address.UsesTls ? await SecureAsync(line, address, patience.Token) : line;
        }
        catch (Exception fault)
        {
            if (line is not null)
            {
                await line.DisposeAsync();
            }

            if (!cancellationToken.IsCancellationRequested && ReasonOf(messenger, fault) is { } reason)
            {
                throw new PhrasedException(reason, fault);
            }

            throw;
        }
    }

    /// <summary>Secures a line in the middle, for protocols that begin in the clear; the caller owns what comes back, and the line within.</summary>
    /// <exception cref="PhrasedException">The line cannot be secured, in plain words.</exception>
    public async Task<Stream> SecureAsync(string messenger, Stream line, LineAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Value.CallTimeout);
        try
        {
            return await SecureAsync(line, address, patience.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && ReasonOf(messenger, fault) is { } reason)
        {
            throw new PhrasedException(reason, fault);
        }
    }

    private static Phrase? ReasonOf(string messenger, Exception fault) => fault switch
    {
        DestinationRefusedException => Phrase.Of("channel.forbidden-address", ("name", messenger)),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => Phrase.Of("channel.unresolved", ("name", messenger)),
        CryptographicException => Phrase.Of("channel.authority-unreadable"),
        AuthenticationException => Phrase.Of("channel.insecure", ("name", messenger)),
        SocketException => Phrase.Of("channel.unreachable", ("name", messenger)),
        IOException => Phrase.Of("channel.insecure", ("name", messenger)), // it hung up in the middle of the handshake
        OperationCanceledException => Phrase.Of("channel.no-answer", ("name", messenger)),
        _ => null,
    };

    private static async Task<Stream> SecureAsync(Stream line, LineAddress address, CancellationToken cancellationToken)
    {
        var secure = new SslStream(line);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = address.ServerName ?? address.Host, CertificateChainPolicy = TrustOf(address.Authority) }, cancellationToken);
        return secure;
    }

    private static X509ChainPolicy? TrustOf(string? authority)
    {
        if (authority is null)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("There is no certificate in it.");
    }
}
