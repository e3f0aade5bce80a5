using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>Where passwords go, and where not.</summary>
public sealed class EmailSecurityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mail.example.test", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("127.0.0.1.example.test", false)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.9", true)]
    [InlineData("::1", true)]
    public void Without_encryption_only_this_machine_is_spoken_to(string host, bool isTaken)
    {
        var problem = EmailSettings.Read(Settings(host, 1, 1, "none", "none")).Problem;

        Assert.Equal(isTaken ? null : "email.unencrypted", problem?.Detail.FirstCode);
    }

    [Theory]
    [InlineData("password", "")]
    [InlineData("address", "not an address")]
    [InlineData("imapHost", " ")]
    public async Task A_connection_without_what_it_needs_says_so_and_keeps_what_waits(string key, string value)
    {
        using var http = NewHttp();
        var values = Settings("mail.example.test", 1, 1, "tls", "tls").All.ToDictionary();
        values[key] = value;
        var channel = Channel(new EmailDialer(TestOutgoing.Default, http, TimeProvider.System));
        var settings = new SettingValues(values);

        await using var session = channel.Open(ConnectionOf(settings));
        var outcome = await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), new("mail"), new("a@b.test"), new("x"), null, 1, false), Cancel);

        Assert.Equal(PauseScope.Connection, Assert.IsType<SendOutcome.RetryAfter>(outcome).Scope);
        Assert.False(Assert.Single((await channel.TestAsync(settings, Cancel)).Checks).IsPassed);
    }

    [Fact]
    public async Task A_server_in_a_network_that_is_closed_is_not_called()
    {
        using var http = NewHttp();
        var closed = TestOutgoing.With(new ScriptedResolver().Answers("mail.example.test", "10.0.0.1"), allowPrivate: false);

        var test = await Channel(new EmailDialer(closed, http, TimeProvider.System)).TestAsync(Settings("mail.example.test", 993, 465, "tls", "tls"), Cancel);

        Assert.Equal("channel.forbidden-address", Assert.Single(test.Checks).Detail.FirstCode);
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_gets_no_password()
    {
        using var certificate = NewCertificate();
        await using var servers = await MailServers.StartAsync(certificate.Path);
        servers.AddAccount("bot");
        servers.AddAccount("ann");
        using var http = NewHttp();
        var settings = Settings("localhost", servers.ImapPort, servers.SmtpPort, "starttls", "starttls");

        var refused = await Channel(new EmailDialer(TestOutgoing.Default, http, TimeProvider.System)).TestAsync(settings, Cancel);

        Assert.Equal("email.certificate", Assert.Single(refused.Checks).Detail.FirstCode);
        Assert.DoesNotContain("Login:", servers.Imap.Output, StringComparison.Ordinal);

        // The same with a certificate that is trusted: all of it encrypted.
        var trusting = Channel(new EmailDialer(TestOutgoing.Default, http, TimeProvider.System)
        {
            CertificateRule = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Hash,
        });
        var test = await trusting.TestAsync(settings, Cancel);
        Assert.True(test.IsPassed, string.Join('\n', test.Checks));
        await using var session = trusting.Open(ConnectionOf(settings));
        Assert.IsType<SendOutcome.Delivered>(
            await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), new("mail"), new("ann@h.test"), new("x"), null, 1, false), Cancel));
        Assert.Contains("TLS", servers.Imap.Output, StringComparison.Ordinal);
        Assert.Contains("with esmtpsa", Encoding.UTF8.GetString(Assert.Single(servers.MailsOf("ann"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_starttls_gets_no_password()
    {
        await using var servers = await MailServers.StartAsync();
        servers.AddAccount("bot");
        using var http = NewHttp();

        var test = await Channel(new EmailDialer(TestOutgoing.Default, http, TimeProvider.System))
            .TestAsync(Settings("127.0.0.1", servers.ImapPort, servers.SmtpPort, "starttls", "none"), Cancel);

        Assert.Equal("email.lacks", Assert.Single(test.Checks).Detail.FirstCode);
        Assert.DoesNotContain("Login:", servers.Imap.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_is_had_from_the_provider()
    {
        await using var provider = await TokenHouse.StartAsync();
        using var http = NewHttp();
        using var tokens = new EmailDialer(TestOutgoing.Default, http, TimeProvider.System).NewTokens(SourceAt(provider));

        Assert.Equal("token-1", await tokens.GetAsync(Cancel));
        Assert.Equal("token-1", await tokens.GetAsync(Cancel));
        tokens.Refused("token-1");
        Assert.Equal("token-2", await tokens.GetAsync(Cancel));
        Assert.Equal("grant_type=refresh_token&refresh_token=refresh&client_id=client&client_secret=hush", provider.LastForm);
        provider.Refuses = true;
        tokens.Refused("token-2");
        Assert.DoesNotContain("hush", $"{await Record.ExceptionAsync(() => tokens.GetAsync(Cancel))}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_token_that_was_replaced_is_used_by_nobody()
    {
        await using var provider = await TokenHouse.StartAsync(replaces: true);
        using var http = NewHttp();
        var dialer = new EmailDialer(TestOutgoing.Default, http, TimeProvider.System);
        using var session = dialer.NewTokens(SourceAt(provider));
        using var other = dialer.NewTokens(SourceAt(provider));

        Assert.Equal("token-1", await session.GetAsync(Cancel));
        session.Refused("token-1");
        Assert.Equal("token-2", await session.GetAsync(Cancel));
        Assert.Equal("token-3", await other.GetAsync(Cancel));
        session.Refused("token-2");
        Assert.Equal("token-4", await session.GetAsync(Cancel));
    }

    [Fact]
    public async Task A_refresh_token_that_ended_is_asked_for()
    {
        await using var provider = await TokenHouse.StartAsync();
        provider.Refuses = true;
        using var http = NewHttp();
        using var tokens = new EmailDialer(TestOutgoing.Default, http, TimeProvider.System).NewTokens(SourceAt(provider));

        Assert.Equal("email.token-ended", (await Assert.ThrowsAsync<PhrasedException>(() => tokens.GetAsync(Cancel))).Reason.FirstCode);
    }

    [Theory]
    [InlineData("\r\nBcc: eve@x.test")]
    [InlineData("\nBcc: eve@x.test")]
    [InlineData("\r\n\r\n<b>a body</b>")]
    [InlineData("\0\u2028\rBcc: eve@x.test")]
    public async Task What_people_wrote_adds_no_header_and_no_recipient(string more)
    {
        var values = Settings("mail.example.test", 1, 1, "tls", "tls").All.ToDictionary();
        values["name"] = "Bot" + more;
        var settings = EmailSettings.Read(new SettingValues(values));
        Assert.Null(settings.Problem);
        var message = new OutboundMessage(
            Guid.CreateVersion7(), new("mail"), new("ann@h.test", ThreadId: "<t@h.test>" + more, Title: "Title" + more), new("x" + more), "<r@h.test>" + more, 1, false);
        var file = new OutboundFile("file", "a.pdf" + more, "application/pdf" + more, 1, _ => Task.FromResult<Stream>(new MemoryStream([1])));
        foreach (var content in (Func<MailContent>[])[() => EmailComposer.TextOf("x" + more), () => EmailComposer.FileOf(file, new MemoryStream([1]))])
        {
            foreach (var thread in (MailThread?[])[null, new("Subject" + more, ["<t@h.test>"])])
            {
                using var mail = EmailComposer.Compose(message, content(), new MailboxAddress("", "ann@h.test"), thread, settings, TimeProvider.System.GetUtcNow());
                using var raw = new MemoryStream();
                await mail.WriteToAsync(raw, Cancel);
                raw.Position = 0;
                using var read = await MimeMessage.LoadAsync(raw, Cancel);

                Assert.Equal(["ann@h.test"], read.GetRecipients().Select(mailbox => mailbox.Address));
                Assert.All(read.Headers, header => Assert.Contains(header.Field, WrittenHeaders));
            }
        }

        Assert.False(EmailAddresses.TryParse(new("ann@h.test" + more), out _));
    }

    private static readonly string[] WrittenHeaders =
        ["Message-Id", "Date", "Subject", "From", "To", "References", "In-Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];

    private static SettingValues Settings(string host, int imap, int smtp, string imapSecurity, string smtpSecurity) => new(new Dictionary<string, string>
    {
        ["address"] = "bot@h.test", ["password"] = MailServers.Password, ["imapHost"] = host, ["imapPort"] = $"{imap}", ["imapSecurity"] = imapSecurity,
        ["smtpHost"] = host, ["smtpPort"] = $"{smtp}", ["smtpSecurity"] = smtpSecurity,
    });

    private static EmailTokenSource SourceAt(TokenHouse provider)
    {
        var values = Settings("127.0.0.1", 1, 1, "none", "none").All.ToDictionary();
        values.Remove("password");
        (values["tokenUrl"], values["clientId"], values["clientSecret"], values["refreshToken"]) = ($"{provider.Address}", "client", "hush", "refresh");
        var settings = EmailSettings.Read(new SettingValues(values));
        Assert.Null(settings.Problem);
        return settings.TokenSource!;
    }

    private static MessengerHttp NewHttp() => new(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);

    private static EmailChannel Channel(EmailDialer dialer)
        => new(dialer, Options.Create(new EmailOptions { CommandTimeout = TimeSpan.FromSeconds(10) }), TimeProvider.System, NullLogger<EmailChannel>.Instance);

    private static Connection ConnectionOf(SettingValues settings)
        => new(new ConnectionId("mail"), TenantId.Default, "email", "Email", AccessPolicy.Open, true, false, settings, default, default);

    private static PemFile NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return new PemFile(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n", certificate.GetCertHashString());
    }

    private sealed class PemFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-pem-");

        public PemFile(string pem, string hash)
        {
            (Path, Hash) = (System.IO.Path.Combine(_folder.FullName, "server.pem"), hash);
            File.WriteAllText(Path, pem);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
                File.SetUnixFileMode(Path, (UnixFileMode)0b110_100_100);
            }
        }

        public string Path { get; }

        public string Hash { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
