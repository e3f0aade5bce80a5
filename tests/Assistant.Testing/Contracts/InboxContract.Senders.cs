using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Xunit;

namespace Assistant.Testing.Contracts;

// A messenger that begins to name people by an id of its own tells both for a while: the number they were known by, and the id they have from now on.
public abstract partial class InboxContract
{
    private const string Number = "15550100002";
    private static readonly ExternalSender ByNumber = new(Number, "Li Wei");
    private static readonly ExternalSender ByBoth = new("US.77", "Li Wei") { FormerId = Number };
    private static readonly ExternalSender ById = new("US.77", "Li Wei");

    [Fact]
    public async Task Who_is_named_by_a_new_id_stays_approved_under_both()
    {
        var pairing = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        await StoreAsync(pairing, From(pairing, "1", ByNumber));
        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
        await Ports.People.DecidePairingAsync(
            Home, request.Id, Standing.Approved, "Welcome.", Draft(Home, AuditActions.PairingApproved, $"pairing/{request.Id}"), Cancel);

        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(pairing, From(pairing, "2", ByBoth))).Conversation;

        Assert.Equal(conversation, Assert.IsType<InboxOutcome.Stored>(await StoreAsync(pairing, From(pairing, "3", ById))).Conversation);
        Assert.Equal(conversation, Assert.IsType<InboxOutcome.Stored>(await StoreAsync(pairing, From(pairing, "4", ByNumber))).Conversation);
        Assert.Equal(conversation, Assert.IsType<InboxOutcome.Stored>(await StoreAsync(pairing, From(pairing, "5", ByBoth))).Conversation);
        var row = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
        Assert.Equal((request.Person, "Li Wei"), (row.Person.Id, row.Person.DisplayName));
        Assert.Equal([(Number, "Li Wei"), ("US.77", "Li Wei")], row.Identities.Select(i => (i.ExternalId, i.DisplayName)).Order());
        Assert.Equal(row.Person.Id, Assert.Single((await Ports.People.ListAsync(Home, "US.77", null, 10, Cancel)).Items).Person.Id);
    }

    [Fact]
    public async Task Who_is_named_by_a_new_id_while_they_wait_has_one_request()
    {
        var pairing = await ConnectAsync(Home, "pairing", AccessPolicy.Pairing);
        await StoreAsync(pairing, From(pairing, "1", ByNumber));
        var before = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));

        Assert.Null(Assert.IsType<InboxOutcome.PairingOpen>(await StoreAsync(pairing, From(pairing, "2", ByBoth))).Conversation);

        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
        Assert.Contains(request.ExternalUserId, new[] { Number, "US.77" });
        Assert.Equal(before, request with { ExternalUserId = before.ExternalUserId });
    }

    [Fact]
    public async Task Who_is_named_by_a_new_id_stays_blocked_under_both()
    {
        await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber));
        var person = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Person.Id;
        await Ports.People.SetStandingAsync(Home, person, HomeLine.Id, Standing.Blocked, Draft(Home, AuditActions.PairingDeclined, $"person/{person}"), Cancel);

        foreach (var (sender, i) in new[] { ByBoth, ById, ByNumber }.Select((sender, i) => (sender, i)))
        {
            Assert.Equal(person, Assert.IsType<InboxOutcome.NotAdmitted>(await StoreAsync(HomeLine, From(HomeLine, $"{i + 2}", sender))).Person);
        }
    }

    [Fact]
    public async Task A_new_id_keeps_the_name_of_who_was_known_and_takes_over_a_new_one()
    {
        await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber));
        await StoreAsync(HomeLine, From(HomeLine, "2", ExternalSender.Named("US.77", null, "WhatsApp 0002") with { FormerId = Number }));
        Assert.Equal(("Li Wei", "Li Wei"), await NamesAsync());

        await StoreAsync(HomeLine, From(HomeLine, "3", ById with { DisplayName = "Li Wei-Braun" }));

        Assert.Equal(("Li Wei-Braun", "Li Wei-Braun"), await NamesAsync());

        async Task<(string, string)> NamesAsync()
        {
            var row = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
            return (row.Person.DisplayName, Assert.Single(row.Identities, i => i.ExternalId == "US.77").DisplayName);
        }
    }

    [Fact]
    public async Task A_persons_language_is_the_one_their_messenger_told_last()
    {
        var german = ById with { Locale = "de" };
        await StoreAsync(HomeLine, From(HomeLine, "1", german));
        await StoreAsync(HomeLine, From(HomeLine, "2", german with { Locale = "zh-hans" }));
        Assert.Equal("zh-hans", await LocaleAsync());

        await StoreAsync(HomeLine, From(HomeLine, "3", german with { Locale = null })); // a messenger that does not tell takes nothing back

        Assert.Equal("zh-hans", await LocaleAsync());

        async Task<string?> LocaleAsync() => Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Person.Locale;
    }

    [Fact]
    public async Task What_was_forwarded_is_so_in_its_turn_and_later_whatever_is_edited()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(
            HomeLine, Said(HomeLine, "1", "") with { Content = new InboundContent.Said("the moon is cheese") { IsForwarded = true } })).Conversation;
        var start = await BeginAsync(conversation);
        Assert.True(start.Utterance.Body.IsForwarded);
        Assert.True(Assert.IsType<InboundContent.Said>(start.Entry.Content).IsForwarded);

        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Edited("1", "Remember that the moon is cheese"));
        await AnswerAsync(conversation, "Is it?");
        await HearAsync(HomeLine, "2", "so they say");

        var later = await BeginAsync(conversation);
        Assert.False(later.Utterance.Body.IsForwarded);
        Assert.Equal(
            [("Remember that the moon is cheese", true), ("Is it?", false)], later.History.Select(message => (message.Text, message.IsForwarded)));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, later.Person.Id, 10, Cancel));
    }

    [Fact]
    public async Task A_reaction_tells_of_a_new_id_as_well()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber))).Conversation;
        var reaction = From(HomeLine, "1", ByBoth) with { DedupeKey = "liked", Content = new InboundContent.Reacted(ReactionChange.Added, ["👍"]) };

        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, reaction));

        Assert.Equal(2, Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Identities.Count);
    }

    [Fact]
    public async Task A_number_that_was_handed_on_leads_nobody_to_whom_it_was_before()
    {
        await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber));
        await StoreAsync(HomeLine, From(HomeLine, "2", ByBoth));
        var known = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Person.Id;

        await StoreAsync(HomeLine, From(HomeLine, "3", new ExternalSender("US.99", "Bo") { FormerId = Number }, "chat-2"));

        var people = (await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items;
        Assert.Equal("US.99", Assert.Single(Assert.Single(people, row => row.Person.Id != known).Identities).ExternalId);
        Assert.Equal(2, Assert.Single(people, row => row.Person.Id == known).Identities.Count);
    }

    [Fact]
    public async Task Who_was_forgotten_is_a_stranger_under_a_new_id()
    {
        await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber));
        var before = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Person.Id;
        await ForgetAsync(Home, before);

        await StoreAsync(HomeLine, From(HomeLine, "2", ByBoth, "chat-2"));

        var after = Assert.Single((await Ports.People.ListAsync(Home, "US.77", null, 10, Cancel)).Items);
        Assert.NotEqual(before, after.Person.Id);
        Assert.Equal("US.77", Assert.Single(after.Identities).ExternalId);
    }

    [Fact]
    public async Task A_number_is_known_to_its_tenant_alone()
    {
        await StoreAsync(HomeLine, From(HomeLine, "1", ByNumber));
        await StoreAsync(OfficeLine, From(OfficeLine, "1", ByBoth));

        Assert.Equal(Number, Assert.Single(Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items).Identities).ExternalId);
        Assert.Equal("US.77", Assert.Single(Assert.Single((await Ports.People.ListAsync(Office, null, null, 10, Cancel)).Items).Identities).ExternalId);
    }

    private InboundMessage From(Connection connection, string id, ExternalSender sender, string chat = "chat-1")
        => Said(connection, id, "hello", chat) with { Sender = sender };
}
