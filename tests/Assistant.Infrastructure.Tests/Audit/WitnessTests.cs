using System.Net;
using System.Net.Sockets;
using System.Text;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Witnesses;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class WitnessTests : IDisposable
{
    private const string Origin = "assistant/test/default";

    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-witness-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_keeps_every_checkpoint_and_gives_back_the_last()
    {
        var file = new FileWitness(_folder.FullName);
        Assert.Null(await file.ReadLastAsync(Origin, Cancel));

        foreach (var size in (int[])[3, 5, 900])
        {
            await file.DeliverAsync(Some(size), Cancel);
        }

        Assert.Equal(Some(900).Note, await file.ReadLastAsync(Origin, Cancel));
        Assert.Equal(string.Concat(((int[])[3, 5, 900]).Select(size => Some(size).Note + "\n")), await File.ReadAllTextAsync(file.FileOf(Origin), Cancel));
        Assert.Null(await file.ReadLastAsync("assistant/test/other", Cancel));
    }

    [Fact]
    public async Task An_old_database_cannot_put_old_checkpoints_below_the_new_ones()
    {
        var file = new FileWitness(_folder.FullName);
        await file.DeliverAsync(Some(5), Cancel);
        await file.DeliverAsync(Some(9), Cancel);

        await file.DeliverAsync(Some(5), Cancel);
        await file.DeliverAsync(Some(9), Cancel);

        Assert.Equal(Some(5).Note + "\n" + Some(9).Note + "\n", await File.ReadAllTextAsync(file.FileOf(Origin), Cancel));
    }

    [Fact]
    public async Task Half_a_note_at_the_end_is_passed_over_and_then_replaced()
    {
        var file = new FileWitness(_folder.FullName);
        await file.DeliverAsync(Some(5), Cancel);
        var half = Some(9).Note + "\n";
        for (var length = 1; length < half.Length - 1; length++)
        {
            await File.WriteAllTextAsync(file.FileOf(Origin), Some(5).Note + "\n" + half[..length], Cancel);
            Assert.Equal(Some(5).Note, await file.ReadLastAsync(Origin, Cancel));
            await file.DeliverAsync(Some(9), Cancel);
            Assert.Equal(Some(5).Note + "\n" + half, await File.ReadAllTextAsync(file.FileOf(Origin), Cancel));
        }
    }

    [Fact]
    public async Task A_long_file_is_read_from_its_end()
    {
        var file = new FileWitness(_folder.FullName);
        await File.WriteAllTextAsync(file.FileOf(Origin), string.Concat(Enumerable.Range(1, 500).Select(size => Some(size).Note + "\n")), Cancel);

        await file.DeliverAsync(Some(501), Cancel);

        Assert.Equal(Some(501).Note, await file.ReadLastAsync(Origin, Cancel));
        Assert.Equal(501, (await File.ReadAllTextAsync(file.FileOf(Origin), Cancel)).Split("\n\n— ").Length - 1);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_or_read_is_said()
    {
        var file = new FileWitness(_folder.FullName);
        await File.WriteAllTextAsync(file.FileOf(Origin), "garbage\n\nmore\n", Cancel);

        await Assert.ThrowsAsync<WitnessException>(() => file.DeliverAsync(Some(1), Cancel));
        await Assert.ThrowsAsync<FormatException>(() => file.ReadLastAsync(Origin, Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Syslog_gets_one_message_that_holds_the_whole_note(bool tcp)
    {
        using var collector = new Socket(AddressFamily.InterNetwork, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        collector.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (tcp)
        {
            collector.Listen();
        }

        await new SyslogWitness(new SyslogWitnessOptions { Host = "127.0.0.1", Port = ((IPEndPoint)collector.LocalEndPoint!).Port, Tcp = tcp }).DeliverAsync(Some(42), Cancel);

        var text = await ReceiveAsync(collector, tcp);
        var begin = text.IndexOf("<109>1 2026-11-28T12:00:00.000Z - assistant - checkpoint [", StringComparison.Ordinal);
        Assert.Equal(tcp ? $"{Encoding.UTF8.GetByteCount(text[begin..])} " : "", text[..begin]);
        Assert.Contains("origin=\"assistant/test/default\" size=\"42\" note=\"", text, StringComparison.Ordinal);
        Assert.Equal(Some(42).Note, Encoding.UTF8.GetString(Convert.FromBase64String(text.Split("note=\"")[1].Split('"')[0])));
    }

    [Fact]
    public async Task A_collector_that_is_gone_is_said()
        => await Assert.ThrowsAsync<WitnessException>(
            () => new SyslogWitness(new SyslogWitnessOptions { Host = "127.0.0.1", Port = 1 }).DeliverAsync(Some(1), Cancel));

    [Fact]
    public async Task A_webhook_gets_the_note_with_its_token()
    {
        using var house = new Answering(HttpStatusCode.NoContent);
        using var witness = new WebhookWitness(new WebhookWitnessOptions { Url = new Uri("https://witness.example/log"), Token = "t0ken" }, house);

        await witness.DeliverAsync(Some(7), Cancel);

        Assert.Equal(("POST https://witness.example/log", "Bearer t0ken", Some(7).Note), (house.Line, house.Authorization, house.Body));
    }

    [Fact]
    public async Task A_webhook_that_refuses_is_said_without_its_token()
    {
        using var house = new Answering(HttpStatusCode.Redirect);
        using var witness = new WebhookWitness(new WebhookWitnessOptions { Url = new Uri("https://witness.example/log"), Token = "t0ken" }, house);

        var failure = await Assert.ThrowsAsync<WitnessException>(() => witness.DeliverAsync(Some(7), Cancel));

        Assert.Equal("witness.example answered 302.", failure.Message);
    }

    [Fact]
    public async Task A_mail_server_gets_the_note()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var mail = ServeMailAsync(server);
        var options = new EmailWitnessOptions { Host = "127.0.0.1", Port = port, AllowPlain = true, From = "log@example.org", To = "auditor@example.org" };

        await new EmailWitness(options).DeliverAsync(Some(7), Cancel);

        var text = await mail;
        Assert.Contains("Subject: Audit checkpoint of assistant/test/default: 7 events", text, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<auditor@example.org>", text, StringComparison.Ordinal);
        Assert.Contains("assistant/test/default\n7\n", text.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_server_without_encryption_gets_nothing_unless_that_is_allowed()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var mail = ServeMailAsync(server);
        var options = new EmailWitnessOptions { Host = "127.0.0.1", Port = ((IPEndPoint)server.LocalEndpoint).Port, From = "log@example.org", To = "auditor@example.org" };

        await Assert.ThrowsAsync<WitnessException>(() => new EmailWitness(options).DeliverAsync(Some(7), Cancel));

        Assert.DoesNotContain("MAIL FROM", await mail, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(Socket collector, bool tcp)
    {
        var (buffer, text) = (new byte[4096], new StringBuilder());
        using var from = tcp ? await collector.AcceptAsync(Cancel) : null;
        int count;
        do
        {
            count = await (from ?? collector).ReceiveAsync(buffer, Cancel);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        while (tcp && count > 0);

        return text.ToString();
    }

    private static async Task<string> ServeMailAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync(Cancel);
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        var (seen, isBody) = (new StringBuilder(), false);
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(Cancel) is { } line)
        {
            seen.AppendLine(line);
            if (isBody)
            {
                isBody = line != ".";
                if (!isBody)
                {
                    await writer.WriteLineAsync("250 kept");
                }

                continue;
            }

            isBody = line == "DATA";
            await writer.WriteLineAsync(isBody ? "354 go on" : line == "QUIT" ? "221 bye" : "250 fine");
        }

        return seen.ToString();
    }

    private static SignedCheckpoint Some(int size)
    {
        var head = new TreeHead(Origin, size, new byte[MerkleTree.HashSize]);
        return new SignedCheckpoint(TenantId.Default, head, SignedNote.Format(head.Text, new CheckpointKey(Origin, new byte[32]), new byte[64]), Noon);
    }

    private sealed class Answering(HttpStatusCode status) : HttpMessageHandler
    {
        public string Line { get; private set; } = "";

        public string? Authorization { get; private set; }

        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Line, Authorization) = ($"{request.Method} {request.RequestUri}", request.Headers.Authorization?.ToString());
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(status);
        }
    }
}
