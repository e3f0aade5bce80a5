using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>A mail that is slow to come, or does not come, keeps no other back.</summary>
public sealed class EmailStallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100_000, "email.read-in-part", 3, "1:2", new[] { "first", "second" })]
    [InlineData(0, "email.not-handed-out", 4, "2", new[] { "second" })]
    public async Task A_mail_the_server_does_not_hand_out_is_passed_after_some_attempts(int maxBytes, string code, int attempts, string flagged, string[] read)
    {
        await using var server = new StubbornImap(Mail("first"), Mail("second")) { Withheld = (1, maxBytes) };
        using var http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);
        var channel = new EmailChannel(
            new EmailDialer(TestOutgoing.Default, http, TimeProvider.System), Options.Create(new EmailOptions()), TimeProvider.System, NullLogger<EmailChannel>.Instance);
        var host = new FakeChannelHost(new RecordingGateway());
        await using var session = channel.Open(ConnectionTo(server.Port));

        for (var i = 0; i < attempts; i++)
        {
            Assert.Equal("channel.refuses", (await Assert.ThrowsAsync<PhrasedException>(() => session.RunAsync(host, Cancel))).Reason.FirstCode);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = session.RunAsync(host, stop.Token);
        var gateway = (RecordingGateway)host.Gateway;
        Assert.Equal(read, (await gateway.WaitAsync(read.Length, Cancel)).Select(message => ((InboundContent.Said)message.Content).Text));
        await host.WaitAsync(ConnectionState.Degraded, Cancel);
        Assert.True(SpinWait.SpinUntil(() => host.Cursor is not null, TimeSpan.FromSeconds(10)));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);

        Assert.Equal(code, host.Reports[^1].Detail.FirstCode);
        Assert.Equal(flagged, server.Flagged);
    }

    [Fact]
    public void Whoever_hears_bytes_come_waits_on()
    {
        var time = new FakeTimeProvider();
        using var patience = new Patience(TimeSpan.FromSeconds(60), time, Cancel);

        for (var i = 1; i <= 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(40));
            patience.Report(i, 10);
        }

        Assert.False(patience.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(patience.Token.IsCancellationRequested);
    }

    private static string Mail(string text)
        => $"From: Lin <lin@x.test>\r\nTo: a@h.test\r\nMessage-ID: <{text}@x.test>\r\nSubject: Re: plan\r\n\r\n{text}\r\n";

    private static Connection ConnectionTo(int port) => new(
        new ConnectionId("mail"), TenantId.Default, "email", "Email", AccessPolicy.Open, true, false,
        new SettingValues(new Dictionary<string, string>
        {
            ["address"] = "a@h.test", ["password"] = "secret", ["imapHost"] = "127.0.0.1", ["imapPort"] = $"{port}", ["imapSecurity"] = "none",
            ["smtpHost"] = "127.0.0.1", ["smtpPort"] = "1", ["smtpSecurity"] = "none",
        }),
        default, default);
}
