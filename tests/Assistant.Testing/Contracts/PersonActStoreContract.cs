using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of what people ask for must hold, and of what they are told of it.</summary>
public abstract class PersonActStoreContract : PathContract
{
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public async Task An_act_is_read_as_it_was_made_and_claimed_once()
    {
        var act = await AddAsync();

        var found = Assert.IsType<PersonAct>(await Ports.Acts.FindAsync(act.Id, Cancel));
        Assert.Equal(act with { Digest = default }, found with { Digest = default });
        Assert.Equal(Digest, found.Digest.ToArray());
        Assert.False(await EndAsync(act, tenant: Office));
        Assert.True(await EndAsync(act));
        Assert.False(await EndAsync(act));
        Assert.False(await EndAsync(act, PersonActStep.Declined));

        Assert.Equal(Ports.Clock.GetUtcNow(), (await Ports.Acts.FindAsync(act.Id, Cancel))!.UsedAt);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActDone);
        Assert.Null(await Ports.Acts.FindAsync(new PersonActId(Guid.CreateVersion7()), Cancel));
    }

    [Fact]
    public async Task Of_several_claims_at_once_one_succeeds()
    {
        var act = await AddAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => EndAsync(act), Cancel)));

        Assert.Single(claims, claimed => claimed);
    }

    [Fact]
    public async Task An_act_ends_after_its_time_and_when_the_person_asks_again()
    {
        var late = await AddAsync();
        Ports.Clock.Advance(PersonAct.Lifetime);
        Assert.False(await EndAsync(late));

        var (first, others) = (await AddAsync(), await AddAsync(sender: "wu"));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await AddAsync();

        Assert.False(await EndAsync(first));
        Assert.True(await EndAsync(second));
        Assert.True(await EndAsync(others));
    }

    [Theory]
    [InlineData(PersonActStep.Done, "Proven and done", "已完成")]
    [InlineData(PersonActStep.Declined, "Declined behind the link", "您的账户已拒绝")]
    [InlineData(PersonActStep.Expired, "Not used in time", "链接逾期未使用")]
    public async Task What_became_of_an_act_is_a_line_for_colleagues_and_a_message_to_the_person_once(PersonActStep step, string line, string told)
    {
        var act = await AddAsync();
        Ports.Clock.Advance(step == PersonActStep.Expired ? PersonAct.Lifetime : TimeSpan.FromMinutes(1));

        Assert.True(await EndAsync(act, step));
        Assert.False(await EndAsync(act, step));

        var thread = await ThreadAsync(Home, act.Conversation);
        Assert.Equal(Enumerable.Range(1, thread.Count).Select(i => (long)i), thread.Select(message => message.Seq));
        var lines = thread.Where(message => message.IsLine).ToList();
        Assert.Equal(2, lines.Count);
        Assert.StartsWith("Asked for", lines[0].Body.Markdown, StringComparison.Ordinal);
        Assert.StartsWith(line, lines[1].Body.Markdown, StringComparison.Ordinal);
        Assert.Contains("Li Wei\u2069, as \u2068JSON\u2069.", lines[1].Body.Markdown, StringComparison.Ordinal);
        Assert.Equal(PersonActWords.LineOf(await PersonOfAsync(act), act.Kind, step).Chinese, lines[1].Body.Chinese);
        Assert.Equal((Ports.Clock.GetUtcNow(), DeliveryState.None, (PersonId?)act.Person), (lines[1].At, lines[1].Delivery, lines[1].Person));
        var notice = Assert.Single(thread, message => message is { Author: AuthorKind.System, IsNote: false });
        Assert.StartsWith(told, notice.Body.Markdown, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Stored, notice.Delivery);
    }

    [Fact]
    public async Task Asking_anew_is_said_where_the_earlier_act_was_asked_for()
    {
        var first = await AddAsync();
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await AddAsync();

        var said = (await ThreadAsync(Home, first.Conversation)).Where(message => message.Author == AuthorKind.System).ToList();
        Assert.Equal([true, true, false, true], said.Select(message => message.IsLine));
        Assert.StartsWith("Not used, asked for anew", said[1].Body.Markdown, StringComparison.Ordinal);
        Assert.Contains("已失效", said[2].Body.Markdown, StringComparison.Ordinal);
        Assert.Equal(first.CreatedAt.AddSeconds(1), (await Ports.Acts.FindAsync(first.Id, Cancel))!.UsedAt);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActEnded);
    }

    [Fact]
    public async Task Expired_acts_of_every_tenant_are_listed_until_they_are_used_up()
    {
        var (mine, theirs) = (await AddAsync(), await AddAsync("wu", Office));
        var done = await AddAsync("ma");
        await EndAsync(done);
        Assert.Empty(await Ports.Acts.ListExpiredAsync(Ports.Clock.GetUtcNow(), 10, Cancel));

        Ports.Clock.Advance(PersonAct.Lifetime);
        Assert.Equal(
            new[] { mine.Id, theirs.Id }.ToHashSet(), (await Ports.Acts.ListExpiredAsync(Ports.Clock.GetUtcNow(), 10, Cancel)).Select(act => act.Id).ToHashSet());
        Assert.Single(await Ports.Acts.ListExpiredAsync(Ports.Clock.GetUtcNow(), 1, Cancel));
        Assert.False(await EndAsync(mine, PersonActStep.Expired, Office));
        Assert.True(await EndAsync(mine, PersonActStep.Expired));
        Assert.Equal(theirs.Id, Assert.Single(await Ports.Acts.ListExpiredAsync(Ports.Clock.GetUtcNow(), 10, Cancel)).Id);
    }

    [Fact]
    public async Task Of_an_act_whose_person_is_forgotten_nothing_is_said()
    {
        var act = await AddAsync();
        await ForgetAsync(Home, act.Person);
        var before = (await ThreadAsync(Home, act.Conversation)).Count;

        Assert.True(await EndAsync(act));

        Assert.Equal(before, (await ThreadAsync(Home, act.Conversation)).Count);
    }

    [Fact]
    public async Task Only_the_end_of_an_act_ends_it()
    {
        var act = await AddAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => EndAsync(act, PersonActStep.Asked));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => EndAsync(act, PersonActStep.Replaced));
        Assert.False(await EndAsync(act, PersonActStep.Expired));
    }

    [Fact]
    public async Task Old_acts_are_forgotten_once_their_end_was_told()
    {
        var (old, untold) = (await AddAsync(), await AddAsync(sender: "wu"));
        await EndAsync(old);
        Ports.Clock.Advance(TimeSpan.FromDays(1));
        var recent = await AddAsync();
        Ports.Clock.Advance(TimeSpan.FromHours(1));

        await AddAsync();

        Assert.Null(await Ports.Acts.FindAsync(old.Id, Cancel));
        Assert.NotNull(await Ports.Acts.FindAsync(untold.Id, Cancel));
        Assert.NotNull(await Ports.Acts.FindAsync(recent.Id, Cancel));
    }

    [Fact]
    public async Task An_act_of_one_tenant_withdraws_and_forgets_none_of_another()
    {
        var theirs = await AddAsync(tenant: Office);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await AddAsync();
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActEnded);
        Assert.True(await EndAsync(theirs, tenant: Office));

        Ports.Clock.Advance(TimeSpan.FromDays(2));
        await AddAsync();

        Assert.NotNull(await Ports.Acts.FindAsync(theirs.Id, Cancel));
    }

    [Fact]
    public async Task A_notice_is_queued_for_its_person_whoever_holds_the_conversation()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var person = (await BeginAsync(conversation)).Person.Id;
        await TakeOverAsync(Home, conversation, Anna);

        Assert.True(await TellAsync(person, conversation, "It was done."));
        Assert.False(await TellAsync(PersonId.Create(), conversation, "Not for you."));
        Assert.False(await TellAsync(person, conversation, "Not from there.", Office));

        var told = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((AuthorKind.System, "It was done.", DeliveryState.Stored), (told.Author, told.Body.Markdown, told.Delivery));
        Assert.Empty(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonTold);
    }

    [Fact]
    public async Task The_last_direct_conversation_is_the_one_the_person_used_last_and_no_group()
    {
        var other = await ConnectAsync(Home, "second-line", AccessPolicy.Open);
        var first = await HearAsync(HomeLine, "1", "hello");
        var person = (await BeginAsync(first)).Person.Id;
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await HearAsync(other, "2", "hello again", "chat-2");
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await StoreAsync(HomeLine, Said(HomeLine, "3", "hello all", "group") with { Chat = new ExternalChat("group", IsGroup: true) });

        Assert.Equal(second, await Ports.Notices.FindLastDirectAsync(Home, person, Cancel));
        Assert.Null(await Ports.Notices.FindLastDirectAsync(Office, person, Cancel));
        await Ports.Connections.PutAsync(other with { IsEnabled = false }, Draft(Home, AuditActions.ConnectionSaved, "connection/second-line"), Cancel);
        Assert.Equal(first, await Ports.Notices.FindLastDirectAsync(Home, person, Cancel));
    }

    private async Task<PersonAct> AddAsync(string sender = "lin", TenantId? tenant = null)
    {
        var start = await BeginAsync(await HearAsync(HomeLine, $"{Guid.CreateVersion7()}", "/export", $"chat-{sender}", sender));
        var now = Ports.Clock.GetUtcNow();
        var act = new PersonAct(
            new PersonActId(Guid.CreateVersion7()), tenant ?? Home, start.Person.Id, start.Conversation.Id, PersonActKind.ExportJson, Digest, now, now + PersonAct.Lifetime);
        await Ports.Acts.AddAsync(
            act, Draft(act.Tenant, AuditActions.PersonActAsked, $"person/{act.Person}"), Draft(act.Tenant, AuditActions.PersonActEnded, $"person/{act.Person}"), Cancel);
        return act;
    }

    private Task<bool> EndAsync(PersonAct act, PersonActStep step = PersonActStep.Done, TenantId? tenant = null)
        => Ports.Acts.EndAsync(tenant ?? Home, act.Id, step, Draft(tenant ?? Home, AuditActions.PersonActDone, $"person/{act.Person}"), Cancel);

    private async Task<Person> PersonOfAsync(PersonAct act) => (await Ports.People.FindAsync(Home, act.Person, Cancel))!.Person;

    private Task<bool> TellAsync(PersonId person, ConversationId conversation, string text, TenantId? tenant = null)
        => Ports.Notices.TellAsync(tenant ?? Home, person, conversation, text, Draft(tenant ?? Home, AuditActions.PersonTold, $"person/{person}"), Cancel);
}
