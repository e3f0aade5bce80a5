using Assistant.Domain.Messaging;
using Assistant.Testing.Servers;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>Servers and sessions die; no mail is lost, none comes twice. These tests kill servers or want odd ones, so each has its own.</summary>
public sealed class EmailCrashTests : IAsyncDisposable
{
    private const int Ann = 5001;

    private MailServers? _servers;
    private FaultySmtp? _smtp;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task A_server_that_dies_and_comes_back_has_every_mail_delivered_once()
    {
        await using var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.Servers.Imap.KillAsync();
        Assert.IsType<Domain.Wording.PhrasedException>(await rig.WaitForEndAsync());
        await rig.SayAsync(Ann, "meanwhile");
        await rig.StartAsync(Cancel);
        Assert.Equal("channel.unreachable", Assert.IsType<Domain.Wording.PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
        await rig.Servers.StartImapAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "after");

        Assert.Equal(["before", "meanwhile", "after"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_session_that_dies_between_store_and_cursor_loses_nothing_and_repeats_nothing()
    {
        await using var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "settled");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();
        var before = rig.Host.Cursor;
        await rig.SayAsync(Ann, "one");
        await rig.SayAsync(Ann, "two");

        // Stored, and dead before the place is noted: the place is that of before.
        rig.Host.LosesCursor = true;
        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(3, Cancel);
        await rig.StopAsync();
        Assert.Equal(before, rig.Host.Cursor);
        rig.Host.LosesCursor = false;
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "three");

        Assert.Equal(["settled", "one", "two", "three"], (await rig.Gateway.WaitAsync(4, Cancel)).Select(Text));
        Assert.True(rig.Gateway.Offered.Count >= 6, "They were offered again, and known.");
        Assert.True(SpinWait.SpinUntil(() => rig.Host.Cursor != before, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_server_that_counts_anew_repeats_nothing_and_hides_nothing()
    {
        await using var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "one");
        await rig.SendFileAsync(Ann, [1, 2, 3]);
        var file = ((InboundContent.Said)(await rig.Gateway.WaitAsync(2, Cancel))[1].Content).Attachments[0];
        await rig.StopAsync();
        var before = rig.Host.Cursor!;

        await rig.Servers.Imap.KillAsync();
        await rig.SayAsync(Ann, "three");
        await rig.Servers.StartImapAsync(countsAnew: rig.Account);
        await rig.StartAsync(Cancel);

        Assert.Equal(["one", "see the file", "three"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
        Assert.True(SpinWait.SpinUntil(() => rig.Host.Cursor!.Split(':')[0] != before.Split(':')[0], TimeSpan.FromSeconds(10)));

        // A file is found by the mail it came with, for its number is another one now.
        await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(file, Cancel);
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);
        Assert.Equal([1, 2, 3], bytes.ToArray());
    }

    [Fact]
    public async Task A_sending_server_that_is_down_keeps_what_waits()
    {
        await using var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.Servers.Smtp.KillAsync();
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("x"), null, 1, false);

        Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(message, Cancel));
        await rig.Servers.Smtp.StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message, Cancel));
        Assert.Equal(["x"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_server_that_tells_nothing_is_asked()
    {
        await using var rig = await NewRigAsync(tellsOfMail: false);
        await rig.StartAsync(Cancel);

        await rig.SayAsync(Ann, "one");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.SayAsync(Ann, "two");

        Assert.Equal(["one", "two"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    private async Task<EmailRig> NewRigAsync(bool tellsOfMail = true)
    {
        _servers = await MailServers.StartAsync(tellsOfMail: tellsOfMail);
        _smtp = new FaultySmtp(_servers.SmtpPort);
        var options = new EmailRigOptions();
        options.Settings["poll"] = tellsOfMail ? "60" : "1";
        return new EmailRig(_servers, _smtp, 1, options);
    }

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}
