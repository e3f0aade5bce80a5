using Assistant.Domain.Messaging.Inbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Inbox;

/// <summary>A messenger hands over a batch by calls begun one after another: whatever a call waits for before its unit is queued lets the next one overtake it.</summary>
public abstract class InboxOrderTests : PathContract
{
    private TestHouse _house = null!;

    [Fact]
    public async Task A_message_is_stored_while_no_reader_is_free_and_no_key_is_known()
    {
        using var free = new ManualResetEventSlim();
        var reads = _house.Get<IReadPool>();
        _house.Get<EnvelopeSealer>().Remember(Home, null); // as right after a start
        var readers = Enumerable.Range(0, new DatabaseOptions().Readers)
            .Select(_ => Task.Factory.StartNew(() => reads.ReadAsync(TenantScope.System, _ => free.Wait(TimeSpan.FromSeconds(30)), Cancel).AsTask(), TaskCreationOptions.LongRunning).Unwrap())
            .ToList();
        try
        {
            await Task.Delay(50, Cancel); // all of them in their reads

            var stored = StoreAsync(HomeLine, Said(HomeLine, "1", "hello"));

            Assert.Same(stored, await Task.WhenAny(stored, Task.Delay(TimeSpan.FromSeconds(10), Cancel)));
            Assert.IsType<InboxOutcome.Stored>(await stored);
        }
        finally
        {
            free.Set();
            await Task.WhenAll(readers);
        }
    }

    protected sealed override async Task<PathPorts> OpenAsync() => (_house = await OpenHouseAsync()).Ports;

    private protected abstract Task<TestHouse> OpenHouseAsync();
}

public sealed class SqliteInboxOrderTests : InboxOrderTests
{
    private protected override Task<TestHouse> OpenHouseAsync() => TestHouse.OnSqliteAsync();
}

public sealed class PostgresInboxOrderTests : InboxOrderTests
{
    private protected override Task<TestHouse> OpenHouseAsync() => TestHouse.OnPostgresAsync();
}
