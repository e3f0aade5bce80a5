using Assistant.Domain.Audit;
using Assistant.Domain.People.Acts;
using Assistant.Infrastructure.People.Acts;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.People;

/// <summary>What people asked for and did not prove ends by itself, while the program serves.</summary>
public sealed class PersonActWorkerTests : PathContract
{
    private TestHouse _house = null!;

    protected override async Task<PathPorts> OpenAsync() => (_house = await TestHouse.OnSqliteAsync()).Ports;

    [Fact]
    public async Task What_is_not_proven_in_time_is_ended_and_told_once()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "/export"));
        var now = Ports.Clock.GetUtcNow();
        var act = new PersonAct(
            new PersonActId(Guid.CreateVersion7()), Home, start.Person.Id, start.Conversation.Id, PersonActKind.ExportJson, new byte[32], now, now + PersonAct.Lifetime);
        var audit = Draft(Home, AuditActions.PersonActAsked, $"person/{act.Person}");
        await Ports.Acts.AddAsync(act, audit, audit, Cancel);
        using var worker = new PersonActWorker(_house.Get<PersonActDesk>(), Ports.Clock, NullLogger<PersonActWorker>.Instance);
        await worker.StartAsync(Cancel);
        while ((await Ports.Acts.FindAsync(act.Id, Cancel))!.UsedAt is null)
        {
            Ports.Clock.Advance(PersonActWorker.Interval);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        await worker.StopAsync(Cancel);

        var ended = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PersonActEnded).What;
        Assert.True(ended.At >= act.ExpiresAt);
        Assert.Equal("expired", ended.Details["why"]);
        Assert.StartsWith("Not used in time", (await ThreadAsync(Home, act.Conversation))[^2].Body.Markdown, StringComparison.Ordinal);
    }
}
