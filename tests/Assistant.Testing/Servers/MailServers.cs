using System.Globalization;
using System.Text;
using Xunit;

namespace Assistant.Testing.Servers;

/// <summary>
/// A mail server of real programs: Exim takes mails in (SMTP with sign-in, plain on this machine) and delivers them into the folders Dovecot hands
/// out (IMAP). Every address of <see cref="Domain"/> whose account was added exists.
/// </summary>
/// <remarks>Exim reads no configuration of anybody but root, so the test is skipped for other users.</remarks>
public sealed class MailServers : IAsyncDisposable
{
    public const string Domain = "h.test";

    /// <summary>Of every account; IMAP knows no other.</summary>
    public const string Password = "pass-4711";

    /// <summary>Whose the folders are: a user every Debian has.</summary>
    private const string Owner = "mail";

    private readonly DirectoryInfo _folder;
    private readonly Dictionary<string, string> _passwords = [];
    private ServerProcess? _imap;
    private ServerProcess? _smtp;
    private int _put;

    private MailServers(DirectoryInfo folder) => _folder = folder;

    public int ImapPort { get; } = ServerProcess.FreePort();

    public int SmtpPort { get; } = ServerProcess.FreePort();

    public ServerProcess Imap => _imap ?? throw new InvalidOperationException("Start the servers first.");

    public ServerProcess Smtp => _smtp ?? throw new InvalidOperationException("Start the servers first.");

    /// <param name="certificate">Path of a certificate and its key, both in one PEM file, when IMAP and SMTP are to offer STARTTLS.</param>
    /// <param name="tellsOfMail">Whether IMAP offers IDLE.</param>
    public static async Task<MailServers> StartAsync(string? certificate = null, bool tellsOfMail = true)
    {
        ServerProcess.Find("dovecot");
        ServerProcess.Find("exim4");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Exim takes its configuration from root only.");
        var servers = new MailServers(Directory.CreateTempSubdirectory("assistant-mail-"));
        try
        {
            servers.WriteConfigurations(certificate, tellsOfMail);
            await servers.StartSmtpAsync();
            await servers.StartImapAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>An account whose mails are kept, with the name before the @.</summary>
    public void AddAccount(string name)
    {
        if (_passwords.TryAdd(name, Password))
        {
            foreach (var part in (ReadOnlySpan<string>)["", "cur", "new", "tmp"])
            {
                OpenFolder(Path.Combine("mail", name, part));
            }

            WritePasswords();
        }
    }

    /// <summary>From now on the account has another password where mails are sent.</summary>
    public void ChangePassword(string name)
    {
        _passwords[name] = "another";
        WritePasswords();
    }

    /// <summary>Mails to the account are refused from now on, for good.</summary>
    public void Refuse(string name) => File.AppendAllText(PathOf("refused"), name + "\n");

    /// <summary>Puts a mail into an account's inbox, as if it had been delivered.</summary>
    /// <param name="isRead">Whether somebody has read it already.</param>
    public void Put(string account, byte[] mail, bool isRead = false)
    {
        // The number stands where the server looks for the order of arrival.
        var name = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}.M{++_put:000000}P1.put");
        var temporary = PathOf("mail", account, "tmp", name);
        File.WriteAllBytes(temporary, mail);
        Allow(temporary, (UnixFileMode)0b110_110_110);
        File.Move(temporary, isRead ? PathOf("mail", account, "cur", name + ":2,S") : PathOf("mail", account, "new", name));
    }

    /// <summary>Mails in an account's inbox in no particular order, once everything taken in is delivered.</summary>
    public IReadOnlyList<byte[]> MailsOf(string account)
    {
        SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(10));
        return [.. new[] { "new", "cur" }.SelectMany(part => Directory.GetFiles(PathOf("mail", account, part))).Select(File.ReadAllBytes)];
    }

    /// <summary>Flags of the mails in an account's inbox, as their file names have them.</summary>
    public IReadOnlyList<string> FlagsOf(string account)
        => [.. Directory.GetFiles(PathOf("mail", account, "cur")).Concat(Directory.GetFiles(PathOf("mail", account, "new"))).Select(path => path.Split(":2,") is [_, var flags] ? flags : "")];

    /// <summary>Starts IMAP again after it was killed.</summary>
    /// <param name="countsAnew">Whether it has forgotten how it counted the mails of an account.</param>
    public async Task StartImapAsync(string? countsAnew = null)
    {
        File.Delete(PathOf("run", "master.pid"));
        if (countsAnew is not null)
        {
            CountAnew(countsAnew);
        }

        if (_imap is null)
        {
            _imap = await ServerProcess.StartAsync("dovecot", ["-F", "-c", PathOf("dovecot.conf")], ImapPort);
        }
        else
        {
            await _imap.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_imap is not null)
        {
            await _imap.DisposeAsync();
        }

        if (_smtp is not null)
        {
            await _smtp.DisposeAsync();
        }

        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of a killed server may still write into it; the system clears its temporary folder.
        }
    }

    /// <summary>Takes the index away, and all of the list of numbers but its first line: that gets another UIDVALIDITY.</summary>
    private void CountAnew(string account)
    {
        foreach (var file in Directory.GetFiles(PathOf("mail", account), "dovecot.index*"))
        {
            File.Delete(file);
        }

        var list = PathOf("mail", account, "dovecot-uidlist");
        var head = File.ReadLines(list).First().Split(' ').Select(word => word[0] switch
        {
            'V' => string.Create(CultureInfo.InvariantCulture, $"V{uint.Parse(word.AsSpan(1), CultureInfo.InvariantCulture) + 1}"),
            'N' => "N1",
            _ => word,
        });
        File.WriteAllText(list, string.Join(' ', head) + "\n");
    }

    private async Task StartSmtpAsync()
        => _smtp = await ServerProcess.StartAsync(
            "exim4", ["-C", PathOf("exim.conf"), "-bdf", "-q30m", "-oX", SmtpPort.ToString(CultureInfo.InvariantCulture)], SmtpPort);

    private bool IsQuiet() => !Directory.Exists(PathOf("spool", "input")) || !Directory.EnumerateFiles(PathOf("spool", "input"), "*", SearchOption.AllDirectories).Any();

    private string PathOf(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    private void OpenFolder(string name)
    {
        var path = Directory.CreateDirectory(PathOf(name)).FullName;
        Allow(path, (UnixFileMode)0b111_111_111);
    }

    private static void Allow(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    // Whoever reads it meanwhile sees the old one or the new one.
    private void WritePasswords()
    {
        File.WriteAllText(PathOf("users.new"), string.Concat(_passwords.Select(account => $"{account.Key}@{Domain}: {account.Value}\n")));
        File.Move(PathOf("users.new"), PathOf("users"), overwrite: true);
    }

    private void WriteConfigurations(string? certificate, bool tellsOfMail)
    {
        Allow(_folder.FullName, (UnixFileMode)0b111_101_101);
        foreach (var name in (ReadOnlySpan<string>)["mail", "spool", "log", "run"])
        {
            OpenFolder(name);
        }

        Allow(PathOf("run"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(PathOf("refused"), "");
        WritePasswords();
        WriteConfiguration("exim.conf", Exim(certificate));
        WriteConfiguration("dovecot.conf", Dovecot(certificate, tellsOfMail));
    }

    private void WriteConfiguration(string name, string text)
    {
        File.WriteAllText(PathOf(name), text, new UTF8Encoding(false));
        Allow(PathOf(name), (UnixFileMode)0b110_100_100);
    }

    private string Exim(string? certificate) => $$$"""
        primary_hostname = mx.{{{Domain}}}
        local_interfaces = 127.0.0.1
        spool_directory = {{{PathOf("spool")}}}
        log_file_path = {{{PathOf("log")}}}/%slog
        pid_file_path = {{{PathOf("exim.pid")}}}
        keep_environment =
        exim_user = {{{Owner}}}
        exim_group = {{{Owner}}}
        never_users =
        deliver_drop_privilege = true
        domainlist local_domains = {{{Domain}}}
        acl_smtp_rcpt = check_rcpt
        acl_smtp_data = accept
        smtp_accept_max = 0
        smtp_accept_max_per_connection = 0
        smtp_accept_queue_per_connection = 0
        host_lookup =
        rfc1413_hosts =
        message_size_limit = 30M
        tls_advertise_hosts = {{{(certificate is null ? "" : "*")}}}
        {{{(certificate is null ? "" : $"tls_certificate = {certificate}\ntls_privatekey = {certificate}")}}}

        begin acl
        check_rcpt:
          deny message = this mailbox is closed
               condition = ${lookup{$local_part}lsearch{{{{PathOf("refused")}}}}{yes}{no}}
          require message = sign in first
                  authenticated = *
          require domains = +local_domains
          accept

        begin routers
        local:
          driver = accept
          domains = +local_domains
          transport = folder

        begin transports
        folder:
          driver = appendfile
          directory = ${lookup{$local_part}dsearch,filter=dir{{{{PathOf("mail")}}}}{{{{PathOf("mail")}}}/$value}fail}
          maildir_format
          return_path_add

        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{{{{PathOf("users")}}}}{$value}fail}}{yes}{no}}
          server_set_id = $auth2
        login:
          driver = plaintext
          public_name = LOGIN
          server_prompts = Username:: : Password::
          server_condition = ${if eq{$auth2}{${lookup{$auth1}lsearch{{{{PathOf("users")}}}}{$value}fail}}{yes}{no}}
          server_set_id = $auth1

        """;

    private string Dovecot(string? certificate, bool tellsOfMail) => $$"""
        base_dir = {{PathOf("run")}}
        state_dir = {{PathOf("run")}}
        log_path = /dev/stderr
        protocols = imap
        listen = 127.0.0.1
        ssl = {{(certificate is null ? "no" : "yes")}}
        {{(certificate is null ? "" : $"ssl_cert = <{certificate}\nssl_key = <{certificate}")}}
        disable_plaintext_auth = no
        auth_failure_delay = 0
        default_internal_user = {{Owner}}
        default_internal_group = {{Owner}}
        default_login_user = {{Owner}}
        first_valid_uid = 1
        mail_location = maildir:{{PathOf("mail")}}/%n
        mail_max_userip_connections = 100
        {{(tellsOfMail ? "" : "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS")}}
        mail_privileged_group =
        service anvil {
          chroot =
          unix_listener anvil-auth-penalty {
            mode = 0
          }
        }
        service stats {
          chroot =
        }
        service imap-login {
          chroot =
          process_min_avail = 1
          inet_listener imap {
            port = {{ImapPort}}
          }
          inet_listener imaps {
            port = 0
          }
        }
        passdb {
          driver = static
          args = password={{Password}}
        }
        userdb {
          driver = static
          args = uid={{Owner}} gid={{Owner}} home={{PathOf("mail")}}/%n
        }

        """;
}
