using System.Net;
using System.Net.Security;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Outgoing;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Makes connections to mail servers, only where the installation may connect to. Safe for concurrent use.</summary>
internal sealed class EmailDialer(OutgoingHttp outgoing, MessengerHttp http, TimeProvider time)
{
    /// <summary>Ways to sign in that want more than a name and a password.</summary>
    private static readonly string[] Foreign = ["NTLM", "GSSAPI", "NEGOTIATE", "KERBEROS_V4"];

    private static readonly ImapImplementation Self = new() { Name = "Assistant", Version = "1" };

    private readonly EmailTokens _issuer = new(http);

    /// <summary>Decides about a server's certificate; <see langword="null"/> for the system's own rules, which are the only ones in service.</summary>
    public RemoteCertificateValidationCallback? CertificateRule { get; init; }

    public AccessTokens NewTokens(EmailTokenSource source) => new(cancellationToken => _issuer.IssueAsync(source, cancellationToken), time);

    public async Task<ImapClient> OpenImapAsync(EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        var client = new ImapClient();
        await OpenAsync(client, settings.Imap, settings, tokens, cancellationToken);
        if (client.Capabilities.HasFlag(ImapCapabilities.Id))
        {
            // 163 and its sisters open no folder for a program that does not say what it is (RFC 2971).
            await client.IdentifyAsync(Self, cancellationToken);
        }

        return client;
    }

    public async Task<SmtpClient> OpenSmtpAsync(EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        // What this machine is called is nobody's business.
        var client = new SmtpClient { LocalDomain = EmailAddresses.DomainOf(settings.Address) };
        await OpenAsync(client, settings.Smtp, settings, tokens, cancellationToken);
        return client;
    }

    private async Task OpenAsync(MailService client, EmailServer server, EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = CertificateRule;
        try
        {
            var stream = await outgoing.ConnectAsync(new DnsEndPoint(server.Host, server.Port), AddressSource.Configured, cancellationToken);
            await client.ConnectAsync(stream, server.Host, server.Port, server.Security, cancellationToken);
            client.AuthenticationMechanisms.ExceptWith(Foreign);
            await SignInAsync(client, settings, tokens, cancellationToken);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task SignInAsync(MailService client, EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        if (tokens is null)
        {
            await client.AuthenticateAsync(settings.User, settings.Password, cancellationToken);
            return;
        }

        if (await IsTakenAsync(client, settings, tokens, cancellationToken))
        {
            return;
        }

        // It may have ended before its time; a new one decides.
        if (!await IsTakenAsync(client, settings, tokens, cancellationToken))
        {
            throw new AuthenticationException();
        }
    }

    private static async Task<bool> IsTakenAsync(MailService client, EmailSettings settings, AccessTokens tokens, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        try
        {
            await client.AuthenticateAsync(new SaslMechanismOAuth2(settings.User, token), cancellationToken);
            return true;
        }
        catch (AuthenticationException)
        {
            tokens.Refused(token);
            return false;
        }
    }
}
