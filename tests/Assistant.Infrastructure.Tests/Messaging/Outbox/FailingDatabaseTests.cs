using Assistant.Testing.Fakes;
using System.Diagnostics;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>A database that refuses to record a send: the reply is shown once all the same, and recorded when the database is well again.</summary>
public abstract class FailingDatabaseTests : PathContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FaultCounter _faults = new();
    private readonly ScriptedSession _session = new();

    /// <summary>Statements that make the database refuse what is written once a row was sent, before a message's last part and after it, and undo that.</summary>
    protected abstract (string Break, string Mend) Refusal { get; }

    [Theory]
    [InlineData("hi")]
    [InlineData("hi", "there")]
    public async Task A_reply_is_shown_once_and_recorded_when_the_database_is_well_again(params string[] parts)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, parts);
        using var worker = Worker();
        Run(Refusal.Break);

        worker.Committed(conversation, claimed);
        await UntilAsync(() => _faults.Count >= 3);
        Assert.Single(_session.Sent);
        Assert.NotEqual(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Run(Refusal.Mend);
        await UntilAsync(() => worker.Active == 0);

        await AssertAllSentOnceAsync(conversation, parts);
    }

    protected async Task AssertAllSentOnceAsync(ConversationId conversation, params string[] parts)
    {
        Assert.Equal(parts, _session.Sent.Select(m => m.Body.Markdown));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Assert.Equal(parts.Length, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.MessageSent));
        Assert.Equal(0, await Ports.Outbox.RecoverInterruptedAsync(Cancel));
    }

    /// <summary>Sends with the statement run before the messenger's answer is heard.</summary>
    /// <param name="isFelt">Whether it must make a write of the outbox fail; else none may.</param>
    protected async Task<ConversationId> SendWhileAsync(string sql, bool isFelt = true)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi", "there");
        using var worker = Worker();
        _session.Answers = message =>
        {
            if (message.Body.Markdown == "hi")
            {
                Run(sql);
            }

            return null;
        };

        worker.Committed(conversation, claimed);
        await UntilAsync(() => worker.Active == 0);
        Assert.Equal(isFelt, _faults.Count > 0);
        return conversation;
    }

    private OutboxWorker Worker() => new(Ports.Outbox, _session, Ports.Connections, Unwatched.Pauses(Ports.Clock), new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions()), Ports.Clock, _faults);

    private void Run(string sql)
    {
        using var schema = ((TestHouse)Ports.Owner!).Get<IDatabase>().OpenSchemaContext();
        schema.Database.ExecuteSqlRaw(sql);
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "nothing moves any more");
            Ports.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }

    private sealed class FaultCounter : ILogger<OutboxWorker>
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}

public sealed class FailingSqliteTests : FailingDatabaseTests
{
    protected override (string Break, string Mend) Refusal => (
        "CREATE TRIGGER refuse_part BEFORE UPDATE ON outbox WHEN NEW.state = 'Sent' BEGIN SELECT RAISE(ABORT, 'refused'); END; "
        + "CREATE TRIGGER refuse_last BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'refused'); END",
        "DROP TRIGGER refuse_part; DROP TRIGGER refuse_last");

    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class FailingPostgresTests : FailingDatabaseTests
{
    protected override (string Break, string Mend) Refusal => (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$; "
        + "CREATE TRIGGER refuse_part BEFORE UPDATE ON outbox FOR EACH ROW WHEN (NEW.state = 'Sent') EXECUTE FUNCTION refuse(); "
        + "CREATE TRIGGER refuse_last BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()",
        "DROP TRIGGER refuse_part ON outbox; DROP TRIGGER refuse_last ON outbox");

    [Fact]
    public async Task A_reply_is_recorded_over_a_new_connection_when_the_server_dropped_the_old_one()
        => await AssertAllSentOnceAsync(await SendWhileAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", isFelt: false), "hi", "there");

    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
