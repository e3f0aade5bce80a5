using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.People;

/// <summary>An account changes the person of its tenant, whomever it leads to.</summary>
public sealed class HandedOverPersonTests : HandedOverRows
{
    [Fact]
    public async Task A_person_of_another_tenant_keeps_their_name()
    {
        await HearAsync(HomeLine, "1", "hello");
        await HandOverAsync("people");
        var before = await ReadAsync("display_name", "people");

        await StoreAsync(HomeLine, Said(HomeLine, "2", "hello") with { Sender = new ExternalSender("user-1", "Wei Li") });

        Assert.Equal(["Wei Li"], await ReadAsync("display_name", "identities"));
        Assert.Equal(before, await ReadAsync("display_name", "people"));
    }

    [Fact]
    public async Task A_person_of_another_tenant_keeps_their_language()
    {
        await HearAsync(HomeLine, "1", "hello");
        await HandOverAsync("people");
        var before = await ReadAsync("locale", "people");

        await StoreAsync(HomeLine, Said(HomeLine, "2", "hello") with { Sender = new ExternalSender("user-1", "Li Wei", "fr") });

        Assert.Equal(before, await ReadAsync("locale", "people"));
    }
}
