using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Every way in states what it asks of who comes in and what it leaves in the audit log, and the document that says so is the program's own.</summary>
public sealed class InventoryTests
{
    // Where an action's name is looked for or put in words, not written.
    private static readonly string[] OnlyNamed =
    [
        "Assistant.Web.Components.Pages.Audit.AuditWords",
        "Assistant.Domain.Audit.AuditsAttribute",
    ];

    // What the compiled program cannot tell: a branch that one caller never takes, a class behind a contract that is not the one in hand.
    private static readonly (string Door, string Actions, string Why)[] Overreach =
    [
        ("ChatHub.", "message.edited message.deleted message.reacted", "a web chat has none of these; the gateway takes every arrival"),
        ("telegram", "message.deleted", "the Bot API tells of no deletion; the gateway takes every arrival"),
        ("email", "message.edited message.deleted message.reacted", "a mail is never edited or taken back; the gateway takes every arrival"),
        ("irc", "message.edited message.deleted message.reacted", "IRC has none of these; the gateway takes every arrival"),
        ("mqtt", "message.edited message.deleted message.reacted", "a device says what it says; the gateway takes every arrival"),
        ("dingtalk", "message.edited message.deleted message.reacted", "the messenger tells of none of these; the gateway takes every arrival"),
        ("feishu", "message.edited message.reacted", "the messenger tells of no edit, and its reactions are not read; the gateway takes every arrival"),
        ("line", "message.reacted", "the messenger tells of no reaction; the gateway takes every arrival"),
        ("loopback", "message.reacted", "it plays no reaction; the gateway takes every arrival"),
        ("webhook", "message.reacted", "a mapping names no reaction; the gateway takes every arrival"),
        ("googlechat", "message.edited message.deleted message.reacted", "a chat app hears of none of these; the gateway takes every arrival"),
        ("messenger", "message.deleted", "a page hears of no deletion; the gateway takes every arrival"),
        ("qq", "message.edited message.deleted message.reacted", "the messenger tells of none of these; the gateway takes every arrival"),
        ("twilio", "message.edited message.deleted message.reacted", "a text message is never edited or taken back; the gateway takes every arrival"),
        ("wechat", "message.edited message.deleted message.reacted", "the messenger tells of none of these; the gateway takes every arrival"),
        ("wecom", "message.edited message.deleted message.reacted", "the messenger tells of none of these; the gateway takes every arrival"),
        ("/connections", "engine.saved engine.deleted", "the form of named settings has one base for both"),
        ("/engines", "connection.saved connection.deleted", "the form of named settings has one base for both"),
        ("/setup/engine", "connection.saved", "the form of named settings has one base for both"),
        ("/setup/messenger", "engine.saved", "the form of named settings has one base for both"),
        ("POST /account/sign-in/passkey", "user.stepup user.stepup.failed", "one verification for two purposes"),
    ];

    private static readonly string Document = Path.Combine(BuiltApp.Root, "docs", "permissions.md");

    [Fact]
    public async Task The_document_is_what_the_program_says()
    {
        await using var house = await TestInstallation.CreateAsync();

        var (code, output) = await house.RunAsync(["permissions", "--markdown"]);

        Assert.True(code == 0, output);
        if (Environment.GetEnvironmentVariable("ASSISTANT_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Document, output.TrimEnd() + '\n', TestContext.Current.CancellationToken);
        }

        var written = await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken);
        Assert.Equal(written.TrimEnd(), output.TrimEnd());
    }

    [Fact]
    public async Task Every_way_in_states_what_it_asks_and_what_it_audits()
    {
        var (code, doors) = await ReadAsync();

        Assert.All(doors, door => Assert.False(string.IsNullOrEmpty(door.Words), door.Name));
        Assert.All(doors, door => Assert.True(door.Audits is not null, $"{door.Name} states neither its audit events nor why there are none."));
        Assert.Equal(0, code);
        var kinds = doors.CountBy(door => door.Kind).ToDictionary();
        // Fewer would mean that a kind is not looked at any more.
        Assert.True(kinds["page"] >= 15);
        Assert.True(kinds["endpoint"] >= 60);
        Assert.True(kinds["hubMethod"] >= 7);
        Assert.True(kinds["channel"] >= 2);
        Assert.True(kinds["verb"] >= 7);
        Assert.True(kinds["worker"] >= 6);
    }

    [Fact]
    public async Task What_a_way_in_states_of_the_audit_is_what_its_code_can_do()
    {
        var (_, doors) = await ReadAsync();
        var actions = typeof(AuditActions).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        var graph = new CallGraph(Path.GetDirectoryName(BuiltApp.Path)!, actions, OnlyNamed, doors.Where(door => door.Kind == "worker").Select(door => door.Handler));
        var faults = new List<string>();
        foreach (var door in doors.Where(door => door.Handler.Length > 0))
        {
            var reached = graph.From(door.Handler);
            var stated = door.Audits ?? [];
            faults.AddRange(stated.Where(action => !reached.Contains(action)).Select(action => $"{door.Name} states {action} and cannot write it"));
            if (reached.Except(stated).Except(Overreach.Where(entry => IsOf(entry.Door, door.Name)).SelectMany(entry => entry.Actions.Split(' '))).ToList() is { Count: > 0 } silent)
            {
                faults.Add($"{door.Name} can write {string.Join(' ', silent.Order(StringComparer.Ordinal))} and does not state it");
            }
        }

        var all = doors.SelectMany(door => door.Audits ?? []).ToHashSet();
        faults.AddRange(actions.Where(action => !all.Contains(action)).Select(action => $"no door states {action}"));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(doors.Count(door => door.Handler.Length > 0 && door.Audits is { Length: > 0 }) >= 60);
    }

    // A name that ends in a dot stands for all that begin with it.
    private static bool IsOf(string entry, string door) => entry.EndsWith('.') ? door.StartsWith(entry, StringComparison.Ordinal) : door == entry;

    private static async Task<(int Code, IReadOnlyList<Door> Doors)> ReadAsync()
    {
        await using var house = await TestInstallation.CreateAsync();
        var (code, output) = await house.RunAsync(["permissions", "--json"]);
        return (code, JsonSerializer.Deserialize<Door[]>(output, JsonSerializerOptions.Web)!);
    }

    private sealed record Door(string Kind, string Name, string? Words, string[]? Audits, string? NotAudited, string Handler);
}
