using Assistant.Testing.Servers;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>Mail servers for all tests of a class, started by the first that needs them: a fixture itself cannot be skipped.</summary>
public sealed class MailHouse : IAsyncDisposable
{
    private MailServers? _servers;
    private FaultySmtp? _smtp;
    private int _rigs;

    /// <summary>A mailbox of its own on them.</summary>
    internal async Task<EmailRig> NewRigAsync(Action<EmailRigOptions>? configure = null)
    {
        _servers ??= await MailServers.StartAsync();
        _smtp ??= new FaultySmtp(_servers.SmtpPort);
        var options = new EmailRigOptions();
        configure?.Invoke(options);
        return new EmailRig(_servers, _smtp, ++_rigs, options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_smtp is not null)
        {
            await _smtp.DisposeAsync();
        }

        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }
}
