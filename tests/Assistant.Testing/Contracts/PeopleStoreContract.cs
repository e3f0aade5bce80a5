using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IPeopleStore"/> must hold.</summary>
public abstract class PeopleStoreContract : PathContract
{
    [Fact]
    public async Task An_approval_lets_the_person_in_and_tells_them()
    {
        var (line, request) = await AskedAsync();

        var decided = await DecideAsync(Home, request, Standing.Approved, "Welcome.");

        var conversation = Assert.NotNull(decided!.Conversation);
        Assert.Equal("Welcome.", (await ThreadAsync(Home, conversation))[^1].Body.Markdown);
        Assert.Empty(await Ports.People.ListPairingAsync(Home, Cancel));
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(line, Said(line, "9", "thanks")));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PairingApproved);
    }

    [Fact]
    public async Task A_blocked_person_is_told_nothing_and_stays_out()
    {
        var (line, request) = await AskedAsync();

        Assert.Null((await DecideAsync(Home, request, Standing.Blocked, null))!.Conversation);

        Assert.IsType<InboxOutcome.NotAdmitted>(await StoreAsync(line, Said(line, "9", "please")));
        Assert.Empty(await Ports.People.ListPairingAsync(Home, Cancel));
    }

    [Fact]
    public async Task A_request_is_decided_once()
    {
        var (_, request) = await AskedAsync();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => DecideAsync(Home, request, Standing.Approved, "Welcome.")));

        Assert.Single(decisions, d => d is not null);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PairingApproved);
    }

    [Fact]
    public async Task Open_requests_come_oldest_first_and_expire()
    {
        var line = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        await StoreAsync(line, Said(line, "1", "hello", "chat-b", "user-b"));
        Ports.Clock.Advance(TimeSpan.FromMinutes(30));
        await StoreAsync(line, Said(line, "1", "hello", "chat-a", "user-a"));

        Assert.Equal(["user-b", "user-a"], (await Ports.People.ListPairingAsync(Home, Cancel)).Select(r => r.ExternalUserId));
        Ports.Clock.Advance(TimeSpan.FromMinutes(45));
        Assert.Equal(["user-a"], (await Ports.People.ListPairingAsync(Home, Cancel)).Select(r => r.ExternalUserId));
    }

    [Fact]
    public async Task A_standing_is_set_per_connection()
    {
        var second = await ConnectAsync(Home, "second-line", AccessPolicy.Open);
        var person = await PersonAsync(await HearAsync(HomeLine, "1", "hello"));

        Assert.True(await SetStandingAsync(Home, person, HomeLine, Standing.Blocked));

        Assert.IsType<InboxOutcome.NotAdmitted>(await StoreAsync(HomeLine, Said(HomeLine, "2", "hello?")));
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(second, Said(second, "2", "hello?")));
        Assert.True(await SetStandingAsync(Home, person, HomeLine, Standing.Approved));
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "3", "thanks")));
        Assert.Contains(new ConnectionStanding(HomeLine.Id, Standing.Approved), (await Ports.People.FindAsync(Home, person, Cancel))!.Standings);
    }

    [Fact]
    public async Task The_same_account_on_two_connections_of_a_channel_is_one_person_with_one_identity()
    {
        var second = await ConnectAsync(Home, "second-line", AccessPolicy.Open);

        var here = await PersonAsync(await HearAsync(HomeLine, "1", "hello"));
        var there = await PersonAsync(await HearAsync(second, "1", "hello"));

        Assert.Equal(here, there);
        var row = (await Ports.People.FindAsync(Home, here, Cancel))!;
        Assert.Equal(("loopback", "user-1", "Li Wei"), Assert.Single(row.Identities) is var only ? (only.ChannelType, only.ExternalId, only.DisplayName) : default);
        Assert.Equal(("Li Wei", "zh-CN"), (row.Person.DisplayName, row.Person.Locale));
        Assert.NotNull(row.LastSeenAt);
    }

    [Fact]
    public async Task Whoever_writes_to_two_tenants_is_renamed_and_forgotten_in_each_by_itself()
    {
        var here = await PersonAsync(await HearAsync(HomeLine, "1", "hello"));
        var there = await PersonOfAsync(Office, await HearAsync(OfficeLine, "1", "hello"));

        await StoreAsync(HomeLine, Said(HomeLine, "2", "hello") with { Sender = new ExternalSender("user-1", "Wei Li") });
        Assert.Equal(["Wei Li"], (await Ports.People.FindAsync(Home, here, Cancel))!.Identities.Select(i => i.DisplayName));
        Assert.Equal(["Li Wei"], (await Ports.People.FindAsync(Office, there, Cancel))!.Identities.Select(i => i.DisplayName));

        await ForgetAsync(Home, here);
        Assert.NotEqual(here, await PersonAsync(await HearAsync(HomeLine, "3", "hello", "chat-3")));
        Assert.Equal(there, await PersonOfAsync(Office, await HearAsync(OfficeLine, "3", "hello", "chat-3")));
        Assert.Single((await Ports.People.FindAsync(Office, there, Cancel))!.Identities);
    }

    [Fact]
    public async Task People_are_found_by_part_of_a_name_and_paged_without_gaps()
    {
        for (var i = 0; i < 7; i++)
        {
            await StoreAsync(HomeLine, Said(HomeLine, $"{i}", "hello", $"chat-{i}") with { Sender = new ExternalSender($"user-{i}", $"Person {i}") });
        }

        Assert.Equal("Person 3", Assert.Single((await Ports.People.ListAsync(Home, "son 3", null, 10, Cancel)).Items).Person.DisplayName);
        var names = new List<string>();
        string? after = null;
        do
        {
            var page = await Ports.People.ListAsync(Home, null, after, 3, Cancel);
            names.AddRange(page.Items.Select(p => p.Person.DisplayName));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"Person {i}"), names.Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<UnknownCursorException>(() => Ports.People.ListAsync(Home, null, "elsewhere", 3, Cancel));
    }

    [Theory]
    [InlineData("User 12", "user 1")]
    [InlineData("user 12", "USER 1")]
    [InlineData("Ünal Öz", "ünal ö")]
    [InlineData("İREM", "İREM")]
    [InlineData("İREM", "irem")]
    [InlineData("İREM", "İrem")]
    [InlineData("İlker Işık", "İlker IŞIK")]
    [InlineData("İlker Işık", "ilker ışık")]
    [InlineData("Ian Miller", "IAN MILL")]
    [InlineData("Анна", "АННА")]
    [InlineData("王小明 (Wang)", "小明 (WANG")]
    [InlineData("50%_off", "%_O")]
    public async Task A_name_is_found_in_any_case_and_by_nothing_but_its_letters(string name, string text)
    {
        await StoreAsync(HomeLine, Said(HomeLine, "1", "hello", "chat-1") with { Sender = new ExternalSender("one", name) });
        await StoreAsync(HomeLine, Said(HomeLine, "1", "hello", "chat-2") with { Sender = new ExternalSender("two", "50 or so off, and an 'a' more") });

        Assert.Equal(name, Assert.Single((await Ports.People.ListAsync(Home, text, null, 10, Cancel)).Items).Person.DisplayName);
    }

    [Fact]
    public async Task A_name_no_database_can_hold_is_nobodys()
    {
        await HearAsync(HomeLine, "1", "hello");

        Assert.Empty((await Ports.People.ListAsync(Home, "\0", null, 10, Cancel)).Items);
        Assert.Empty((await Ports.People.ListAsync(Home, "Li\0Wei", null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task Another_tenant_sees_and_decides_nothing()
    {
        var (line, request) = await AskedAsync();

        Assert.Empty(await Ports.People.ListPairingAsync(Office, Cancel));
        Assert.Null(await DecideAsync(Office, request, Standing.Approved, null));
        Assert.Null(await Ports.People.FindAsync(Office, request.Person, Cancel));
        Assert.Empty((await Ports.People.ListAsync(Office, null, null, 10, Cancel)).Items);
        Assert.False(await SetStandingAsync(Office, request.Person, line, Standing.Approved));
        Assert.False(await SetStandingAsync(Office, request.Person, OfficeLine, Standing.Approved));
        var theirs = await PersonOfAsync(Office, await HearAsync(OfficeLine, "1", "hello"));
        Assert.False(await SetStandingAsync(Office, theirs, line, Standing.Approved));
        Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
    }

    private async Task<(Connection Line, PairingRequest Request)> AskedAsync()
    {
        var line = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        Assert.IsType<InboxOutcome.PairingOpen>(await StoreAsync(line, Said(line, "1", "hello")));
        return (line, Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel)));
    }

    private Task<PersonId> PersonAsync(Domain.Conversations.ConversationId conversation) => PersonOfAsync(Home, conversation);

    private async Task<PersonId> PersonOfAsync(TenantId tenant, Domain.Conversations.ConversationId conversation)
        => (await Ports.Conversations.FindAsync(tenant, conversation, Cancel))!.Person;

    private Task<PairingDecided?> DecideAsync(TenantId tenant, PairingRequest request, Standing standing, string? notice)
        => Ports.People.DecidePairingAsync(tenant, request.Id, standing, notice, Draft(tenant, AuditActions.PairingApproved, $"pairing/{request.Id}"), Cancel);

    private Task<bool> SetStandingAsync(TenantId tenant, PersonId person, Connection line, Standing standing)
        => Ports.People.SetStandingAsync(tenant, person, line.Id, standing, Draft(tenant, AuditActions.StandingChanged, $"person/{person}"), Cancel);
}
