using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Text;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>What is unlike other rigs.</summary>
internal sealed class EmailRigOptions
{
    public EmailOptions Options { get; } = new() { CommandTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>Settings beside those of the servers.</summary>
    public Dictionary<string, string> Settings { get; } = [];
}

/// <summary>The e-mail channel with real servers behind it.</summary>
internal sealed class EmailRig : ChannelRig
{
    private readonly MailServers _servers;
    private readonly FaultySmtp _smtp;
    private readonly int _number;
    private readonly EmailRigOptions _options;
    private readonly MessengerHttp _http = new(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);
    private int _mails;
    private byte[] _last = [];

    public EmailRig(MailServers servers, FaultySmtp smtp, int number, EmailRigOptions options)
    {
        (_servers, _smtp, _number, _options) = (servers, smtp, number, options);
        servers.AddAccount(Account);
        Channel = new EmailChannel(
            new EmailDialer(TestOutgoing.Default, _http, TimeProvider.System), Options.Create(options.Options), TimeProvider.System, NullLogger<EmailChannel>.Instance);
        var now = TimeProvider.System.GetUtcNow();
        Connection = new Connection(new ConnectionId("mail"), TenantId.Default, "email", "Email", AccessPolicy.Open, true, false, Settings(MailServers.Password), now, now);
    }

    /// <summary>The assistant's own account.</summary>
    public string Account => $"bot-{_number}";

    public string Address => AddressOf(Account);

    public MailServers Servers => _servers;

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-the-password");

    public static string AddressOf(string account) => $"{account}@{MailServers.Domain}";

    public string AccountOf(int person)
    {
        var account = string.Create(CultureInfo.InvariantCulture, $"p{person}-{_number}");
        _servers.AddAccount(account);
        return account;
    }

    public override ExternalChat ChatOf(int person) => new(AddressOf(AccountOf(person)));

    public override Task SayAsync(int person, string text) => PutAsync(NewMail(person, text));

    public override Task AnswerAsync(int person, string text)
    {
        var asked = MailsTo(person)[^1];
        var mail = NewMail(person, $"{text}\n\nOn Mon, 5 Jan 2026 at 10:00, <{Address}> wrote:\n> {asked.TextBody!.ReplaceLineEndings("\n").Replace("\n", "\n> ", StringComparison.Ordinal)}");
        mail.InReplyTo = asked.MessageId!;
        mail.References.AddRange([.. asked.References, asked.MessageId!]);
        return PutAsync(mail);
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        var mail = NewMail(person, "see the file");
        mail.Body = new Multipart("mixed") { mail.Body!, new MimePart("application", "pdf") { FileName = "合同.pdf", Content = new MimeContent(new MemoryStream(content)), ContentTransferEncoding = ContentEncoding.Base64 } };
        return PutAsync(mail);
    }

    // As a telephone's recorder hands it to its mail program.
    public override Task SendVoiceAsync(int person, byte[] content)
    {
        var mail = NewMail(person, "");
        var note = new MimePart("audio", "x-m4a") { FileName = "New Recording.m4a", Content = new MimeContent(new MemoryStream(content)), ContentTransferEncoding = ContentEncoding.Base64 };
        mail.Body = new Multipart("mixed") { note, mail.Body! };
        return PutAsync(mail);
    }

    public override string VoiceKind => "audio";

    public override Task SayAsBotAsync(string text)
    {
        var mail = NewMail(6001, text);
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        return PutAsync(mail);
    }

    public override Task EchoLastAsync()
    {
        Put(_servers.MailsOf(AccountOf(5001))[^1]);
        return Task.CompletedTask;
    }

    public override Task RedeliverLastAsync()
    {
        Put([.. Encoding.ASCII.GetBytes($"Delivered-To: alias@h.test\r\nReceived: from elsewhere by here; Thu, 01 Jan 2026 00:00:0{_mails % 10} +0000\r\n"), .. _last]);
        return Task.CompletedTask;
    }

    public override Task SendUnknownAsync()
    {
        Put("Subject: from nobody\r\n\r\nnothing to answer\r\n"u8.ToArray());
        Put([0xFF, 0x00, 0x0D, 0x0A, 0x3A]);
        return Task.CompletedTask;
    }

    public override IReadOnlyList<string> ShownTo(int person)
        => [.. MailsTo(person).Where(mail => !mail.Attachments.Any()).Select(mail => new FlowedToText().Convert(mail.BodyParts.OfType<TextPart>().First(part => part.IsPlain).Text).ReplaceLineEndings("\n").TrimEnd('\n'))];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. MailsTo(person).SelectMany(mail => mail.Attachments).Cast<MimePart>().Select(file => (file.FileName!, BytesOf(file)))];

    /// <summary>The mails a person has, in the order they were decided.</summary>
    public IReadOnlyList<MimeMessage> MailsTo(int person)
        => [.. _servers.MailsOf(AccountOf(person)).Select(mail => MimeMessage.Load(new MemoryStream(mail))).OrderBy(mail => mail.MessageId, StringComparer.Ordinal)];

    public override void FloodNextSend(int seconds) => Fail(new SmtpFault.Answer($"450 4.7.1 Greylisted, please try again in {seconds} seconds"));

    public override void BreakNextSend() => Fail(new SmtpFault.Answer("451 4.3.0 Temporary server error"));

    public override void LoseNextAnswer() => Fail(new SmtpFault.CutAfter());

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => _servers.Refuse(AccountOf(person));

    public override void RevokeCredentials() => _servers.ChangePassword(Account);

    public void Fail(SmtpFault fault) => _smtp.FailNext(fault);

    /// <summary>A mail of a person to the assistant.</summary>
    public MimeMessage NewMail(int person, string text)
    {
        var mail = new MimeMessage { Subject = $"mail-{++_mails}", Date = TimeProvider.System.GetUtcNow(), Body = new TextPart("plain") { Text = text } };
        mail.From.Add(new MailboxAddress($"Person {person}", AddressOf(AccountOf(person))));
        mail.To.Add(new MailboxAddress("", Address));
        mail.MessageId = string.Create(CultureInfo.InvariantCulture, $"m{_mails}.{_number}@x.test");
        return mail;
    }

    public Task PutAsync(MimeMessage mail, bool isRead = false)
    {
        using (mail)
        {
            using var bytes = new MemoryStream();
            mail.WriteTo(bytes, TestContext.Current.CancellationToken);
            _last = bytes.ToArray();
            Put(_last, isRead);
        }

        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _http.Dispose();
    }

    private static byte[] BytesOf(MimePart file)
    {
        using var bytes = new MemoryStream();
        file.Content!.DecodeTo(bytes);
        return bytes.ToArray();
    }

    private void Put(byte[] mail, bool isRead = false) => _servers.Put(Account, mail, isRead);

    private SettingValues Settings(string password)
    {
        var settings = new Dictionary<string, string>
        {
            ["address"] = Address, ["password"] = password,
            ["imapHost"] = "127.0.0.1", ["imapPort"] = $"{_servers.ImapPort}", ["imapSecurity"] = "none",
            ["smtpHost"] = "127.0.0.1", ["smtpPort"] = $"{_smtp.Port}", ["smtpSecurity"] = "none",
        };
        foreach (var (key, value) in _options.Settings)
        {
            settings[key] = value;
        }

        return new SettingValues(settings);
    }
}
