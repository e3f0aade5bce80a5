using System.Globalization;
using Assistant.Domain.Audit.Checkpoints;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Assistant.Infrastructure.Audit.Witnesses;

/// <summary>Mails the newest checkpoint now and then: a mailbox is hard to rewrite afterwards.</summary>
internal sealed class EmailWitness(EmailWitnessOptions options) : IWitness
{
    private const int TlsFromTheStart = 465;

    public string Name => "email";

    public TimeSpan Every => options.Every;

    public async Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        try
        {
            using var message = Compose(checkpoint);
            using var client = new SmtpClient();
            await client.ConnectAsync(options.Host!, options.Port, Security, cancellationToken);
            if (!string.IsNullOrEmpty(options.UserName))
            {
                await client.AuthenticateAsync(options.UserName, options.Password ?? "", cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new WitnessException($"The mail server {options.Host} did not take the mail: {error.Message}", error);
        }
    }

    private SecureSocketOptions Security => options.Port == TlsFromTheStart ? SecureSocketOptions.SslOnConnect
        : options.AllowPlain ? SecureSocketOptions.StartTlsWhenAvailable
        : SecureSocketOptions.StartTls;

    private MimeMessage Compose(SignedCheckpoint checkpoint)
    {
        var message = new MimeMessage
        {
            Subject = string.Create(CultureInfo.InvariantCulture, $"Audit checkpoint of {checkpoint.Head.Origin}: {checkpoint.Head.Size} events"),
            Body = new TextPart("plain") { Text = checkpoint.Note },
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(options.To));
        return message;
    }
}
