using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.Messaging;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>The log says what is wrong with a connection, in words for whoever set it up where there are any.</summary>
public sealed class ConnectionFaultLogTests
{
    private const string NotOpened = "Connection line has settings that cannot be used; it stays down until they are changed: ";
    private const string Failed = "Connection line failed; starting it again: ";

    private static readonly Connection Line = new(
        new ConnectionId("line"), TenantId.Default, "fake", "Line", AccessPolicy.Open, true, false, SettingValues.Empty, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_words_is_logged_as_its_sentence_and_without_a_stack()
    {
        var log = await RunAsync(new PhrasedException(Phrase.Of("channel.needs-public-address")));

        const string Words = "Sentence of channel.needs-public-address.";
        Assert.Equal([NotOpened + Words, Failed + Words], log.Select(line => line.Text));
        Assert.All(log, line => Assert.Null(line.Fault));
    }

    [Theory]
    [InlineData(13, true)] // SQLITE_FULL: https://www.sqlite.org/rescode.html
    [InlineData(19, false)] // SQLITE_CONSTRAINT, of what it was asked
    public async Task A_full_disk_is_a_line_and_not_a_stack_with_every_try(int code, bool isOfTheStore)
    {
        var fault = new SqliteException("It refuses.", code);

        var log = await RunAsync(fault);

        Assert.Equal([NotOpened + fault.Message, Failed + "Sentence of fault."], log.Select(line => line.Text));
        Assert.Equal((isOfTheStore, true), (log[0].Fault is null, log[1].Fault is null));
    }

    [Fact]
    public async Task What_has_none_keeps_its_stack()
    {
        var fault = new UriFormatException("Invalid port specified.");

        var log = await RunAsync(fault);

        Assert.Equal(NotOpened + fault.Message, log[0].Text);
        Assert.Same(fault, log[0].Fault);
    }

    /// <returns>What is logged of a connection that does not open, and of the session that stands in for it.</returns>
    private static async Task<IReadOnlyList<(string Text, Exception? Fault)>> RunAsync(Exception refusal)
    {
        var (clock, log, connections) = (new FakeTimeProvider(), new RecordedLog(), new FakeConnections());
        connections.Put(Line);
        using var supervisor = new ConnectionSupervisor(
            connections, new LingeringChannel { Unusable = Line.Id, Refusal = refusal }, Unwatched.Sessions(),
            new RecordingGateway(), Options.Create(new PublicAddressOptions()), Options.Create(new OutboxOptions()), clock, log, new Sentences());
        await supervisor.StartAsync(Cancel);
        var lines = await log.Both.WaitAsync(Cancel);
        await supervisor.StopAsync(CancellationToken.None);
        return lines;
    }

    private sealed class Sentences : IEnglishSentences
    {
        public string Say(Phrase phrase) => $"Sentence of {phrase.FirstCode}.";
    }

    private sealed class RecordedLog : ILogger<ConnectionSupervisor>
    {
        private readonly Lock _lock = new();
        private readonly List<(string Text, Exception? Fault)> _lines = [];
        private readonly TaskCompletionSource<IReadOnlyList<(string Text, Exception? Fault)>> _both = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first two warnings, once there are two.</summary>
        public Task<IReadOnlyList<(string Text, Exception? Fault)>> Both => _both.Task;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
            {
                _lines.Add((formatter(state, exception), exception));
                if (_lines.Count == 2)
                {
                    _both.TrySetResult([.. _lines]);
                }
            }
        }
    }
}
