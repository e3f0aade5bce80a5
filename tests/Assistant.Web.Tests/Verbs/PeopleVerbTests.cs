using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

/// <summary>What the verb writes is for nobody else's eyes, and a place it cannot write to is told before anything is done.</summary>
public sealed class PeopleVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assistant-people-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryHouse _house;
    private readonly Rest _rest = new();
    private readonly PeopleVerb _verb;

    public PeopleVerbTests()
    {
        _house = new InMemoryHouse(_clock);
        var signals = new RecordedSignals();
        _verb = new PeopleVerb(
            new ForgettingDesk(_house, new OpenGuard(), signals, signals, new NoWorker(), _clock),
            new ErasureRunner(_house, _house, new FakeCheckpointSigner(), _rest, _clock),
            new PersonExportDesk(_house, new PersonExport(_house, _house, _house, _house, _house, _house, _house, _clock), new OpenGuard(), _house, _clock),
            new FakeTenants());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder, "person.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_export_is_its_owners_alone_also_where_a_file_was_that_everybody_reads()
    {
        await File.WriteAllTextAsync(Target, new string('x', 100_000), Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        var (exit, _, error) = await RunAsync("export", "--id", $"{await SayAsync("hello")}", "--out", Target);

        Assert.Equal((VerbExit.Fine, ""), (exit, error));
        using var read = JsonDocument.Parse(await File.ReadAllTextAsync(Target, Cancel));
        Assert.Equal([Target], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/such/folder/person.json")]
    [InlineData(".")]
    public async Task A_place_nothing_can_be_written_to_is_told_before_anything_is_recorded(string place)
    {
        var person = await SayAsync("hello");

        var (exit, output, error) = await RunAsync("export", "--id", $"{person}", "--out", place.Length == 0 ? "" : Path.Combine(_folder, place));

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(await EventsAsync(AuditActions.PersonExported));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task An_export_of_nobody_leaves_what_was_there()
    {
        await File.WriteAllTextAsync(Target, "kept", Cancel);

        Assert.Equal(VerbExit.CheckFailed, (await RunAsync("export", "--id", $"{Guid.CreateVersion7()}", "--out", Target)).Exit);

        Assert.Equal("kept", await File.ReadAllTextAsync(Target, Cancel));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/such/folder/certificate")]
    [InlineData(".")]
    public async Task A_certificate_that_could_not_be_written_keeps_everything_as_it_is(string place)
    {
        var person = await SayAsync("hello");

        var (exit, output, _) = await RunAsync(
            "forget", "--id", $"{person}", "--digest", await DigestAsync(person), "--certificate", place.Length == 0 ? "" : Path.Combine(_folder, place));

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.NotNull(await ((IPeopleStore)_house).FindAsync(TenantId.Default, person, Cancel));
        Assert.Empty(await EventsAsync(AuditActions.ErasureBegun));
    }

    [Fact]
    public async Task A_certificate_is_written_where_it_was_asked_for_and_only_once_there_is_one()
    {
        var person = await SayAsync("hello");
        Assert.Equal(VerbExit.CheckFailed, (await RunAsync("forget", "--id", $"{person}", "--digest", "stale", "--certificate", Target)).Exit);
        Assert.Empty(Directory.GetFiles(_folder));

        var (exit, output, _) = await RunAsync("forget", "--id", $"{person}", "--digest", await DigestAsync(person), "--certificate", Target);

        Assert.Equal(VerbExit.Fine, exit);
        Assert.Contains($"The certificate is in {Target}.", output, StringComparison.Ordinal);
        Assert.NotEmpty(await File.ReadAllTextAsync(Target, Cancel));
        Assert.Null(await ((IPeopleStore)_house).FindAsync(TenantId.Default, person, Cancel));
    }

    [Fact]
    public async Task A_certificate_whose_place_was_taken_meanwhile_is_printed()
    {
        var person = await SayAsync("hello");
        var digest = await DigestAsync(person);
        _rest.OnSettled = () => Directory.CreateDirectory(Target);

        var (exit, output, error) = await RunAsync("forget", "--id", $"{person}", "--digest", digest, "--certificate", Target);

        Assert.Equal(VerbExit.CheckFailed, exit);
        var erasure = Assert.Single((await ((IErasureStore)_house).ListAsync(TenantId.Default, null, 10, Cancel)).Items);
        Assert.Contains(erasure.Certificate!, output, StringComparison.Ordinal);
        Assert.Contains(Target, error, StringComparison.Ordinal);
    }

    private async Task<string> DigestAsync(PersonId person)
    {
        var (_, output, _) = await RunAsync("forget", "--id", $"{person}");
        return output[(output.IndexOf("--digest ", StringComparison.Ordinal) + "--digest ".Length)..].Trim();
    }

    private async Task<PersonId> SayAsync(string text)
    {
        var now = _clock.GetUtcNow();
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await _house.EnsureAsync(TenantId.Default, "Home", Cancel);
        await _house.PutAsync(line, new AuditDraft(TenantId.Default, now, Actor.System, AuditActions.ConnectionSaved, "connection/line", "local", AuditDraft.NoDetails), Cancel);
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = "1", Chat = new ExternalChat("chat"), Sender = new ExternalSender("user", "Li Wei"), ExternalMessageId = "1",
            Content = new InboundContent.Said(text, []), SentAt = now,
        };
        var stored = Assert.IsType<InboxOutcome.Stored>(await _house.StoreAsync(
            line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", now), Cancel));
        return (await ((IConversationStore)_house).FindAsync(TenantId.Default, stored.Conversation, Cancel))!.Person;
    }

    private async Task<List<AuditEvent>> EventsAsync(string action)
    {
        var events = new List<AuditEvent>();
        await foreach (var written in _house.ReadAsync(TenantId.Default, 1, Cancel))
        {
            events.Add(written);
        }

        return [.. events.Where(written => written.What.Action == action)];
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        await using var services = new ServiceCollection().BuildServiceProvider();
        var exit = await _verb.RunAsync(new VerbContext(args, TextReader.Null, output, error, services, Json: false), Cancel);
        return (exit, output.ToString(), error.ToString());
    }

    private sealed class Rest : IStorageRest
    {
        public Action? OnSettled { get; set; }

        public Task<StorageRest> SettleAsync(CancellationToken cancellationToken)
        {
            OnSettled?.Invoke();
            return Task.FromResult(StorageRest.Overwritten);
        }
    }
}
