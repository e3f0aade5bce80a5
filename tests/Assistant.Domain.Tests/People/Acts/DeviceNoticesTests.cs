using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Xunit;

namespace Assistant.Domain.Tests.People.Acts;

/// <summary>Who is told of a new device, where, in which language, and what not.</summary>
public sealed class DeviceNoticesTests : ActRig
{
    private static readonly DeviceLook Firefox = new("Firefox", "Windows");

    private DeviceNotices Notices => new(House, House, House, Address, Ports.Clock);

    [Fact]
    public async Task The_person_of_the_account_is_told_where_they_spoke_last_and_nobody_else_is()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        await AskAsync("hello", "wu");
        var others = Heard;
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync("hello", "lin", "another-chat");

        await Notices.TellAsync((await Ports.Users.FindAsync(Home, account.AsUser.Id, Cancel))!, Firefox, "192.0.2.44", Cancel);

        var told = (await ThreadAsync(Home, Heard))[^1];
        Assert.Equal(AuthorKind.System, told.Author);
        Assert.Contains("Windows 上的 Firefox", told.Body.Markdown, StringComparison.Ordinal); // their messenger speaks Chinese
        Assert.Contains("https://assistant.example/account", told.Body.Markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.44", told.Body.Markdown, StringComparison.Ordinal);
        Assert.NotEqual(AuthorKind.System, (await ThreadAsync(Home, others))[^1].Author);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonTold && e.What.Details["about"] == "device");
    }

    [Fact]
    public async Task A_conversation_held_by_an_operator_hears_it_all_the_same()
    {
        var account = await UserAsync("lin@example.org");
        await LinkAsync(account);
        await TakeOverNowAsync(Heard);

        await Notices.TellAsync((await Ports.Users.FindAsync(Home, account.AsUser.Id, Cancel))!, DeviceLook.Unknown, "192.0.2.44", Cancel);

        var told = (await ThreadAsync(Home, Heard))[^1];
        Assert.Equal((AuthorKind.System, DeliveryState.Stored), (told.Author, told.Delivery));
        Assert.Contains("未知浏览器", told.Body.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_is_nobodys_tells_nobody()
    {
        var account = await UserAsync("ada@example.org", Roles.Owner);

        await Notices.TellAsync((await Ports.Users.FindAsync(Home, account.AsUser.Id, Cancel))!, Firefox, "192.0.2.44", Cancel);

        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonTold);
    }
}
