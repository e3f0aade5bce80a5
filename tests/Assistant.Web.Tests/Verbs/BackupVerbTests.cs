using System.Text.Json;
using Assistant.Domain.Backups;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class BackupVerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-backups-");
    private readonly InMemoryBackupStore _store = new();
    private readonly BackupVerb _verb;

    public BackupVerbTests()
    {
        _store.Lines.Add("kept");
        _verb = new BackupVerb(new BackupDesk(_store, new FakeTenants(), new InMemoryAuditLog(), new OpenGuard(), new FakeTimeProvider()));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string One => Path.Combine(_folder.FullName, "one");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_backup_is_made_read_and_restored_for_people()
    {
        var (exit, output, _) = await RunAsync(["create", "--out", One]);
        Assert.Equal(VerbExit.Fine, exit);
        Assert.StartsWith("Made: a memory backup of 1970-01-01 00:00:00Z", output, StringComparison.Ordinal);
        Assert.Contains("The master key is not in it.", output, StringComparison.Ordinal);
        Assert.Contains("default  1       ", (await RunAsync(["verify", One])).Output, StringComparison.Ordinal);
        _store.Lines.Add("later");

        (exit, output, _) = await RunAsync(["restore", One, "--replace"]);
        Assert.Equal((VerbExit.Fine, 2), (exit, _store.Lines.Count));
        Assert.Contains("In the place of what is here now:", output, StringComparison.Ordinal);
        var digest = output[(output.IndexOf("--digest ", StringComparison.Ordinal) + "--digest ".Length)..].Trim();
        (exit, output, _) = await RunAsync(["restore", One, "--replace", "--digest", digest]);

        Assert.Equal(VerbExit.Fine, exit);
        Assert.StartsWith("Restored: everything is as it was at 1970-01-01 00:00:00Z", output, StringComparison.Ordinal);
        Assert.Contains("What stood here before is in replaced-", output, StringComparison.Ordinal);
        Assert.DoesNotContain("later", _store.Lines);
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        await RunAsync(["create", "--out", One]);
        using var verified = JsonDocument.Parse((await RunAsync(["verify", One], json: true)).Output);
        Assert.Equal(("memory", 1), (verified.RootElement.GetProperty("database").GetString(), verified.RootElement.GetProperty("tenants")[0].GetProperty("seq").GetInt32()));

        using var plan = JsonDocument.Parse((await RunAsync(["restore", One, "--replace"], json: true)).Output);
        var (exit, output, _) = await RunAsync(["restore", One, "--replace", "--digest", plan.RootElement.GetProperty("digest").GetString()!], json: true);

        Assert.Equal(VerbExit.Fine, exit);
        using var restored = JsonDocument.Parse(output);
        Assert.Equal(verified.RootElement.GetProperty("digest").GetString(), restored.RootElement.GetProperty("backup").GetProperty("digest").GetString());
    }

    [Fact]
    public async Task What_is_refused_is_one_sentence_and_the_check_fails()
    {
        await RunAsync(["create", "--out", One]);

        var (exit, output, error) = await RunAsync(["restore", One]);
        Assert.Equal((VerbExit.CheckFailed, "", "There is an installation already. Add --replace to put the backup in its place."), (exit, output, error.Trim()));
        (exit, output, error) = await RunAsync(["restore", One, "--replace", "--digest", "of-something-else"]);
        Assert.Equal(VerbExit.CheckFailed, exit);
        Assert.StartsWith("This is not what that digest is of", error, StringComparison.Ordinal);
        Assert.Contains("--digest ", output, StringComparison.Ordinal);
        Assert.Equal(["kept"], _store.Lines);
    }

    [Theory]
    [InlineData]
    [InlineData("erase")]
    [InlineData("create")]
    [InlineData("verify")]
    [InlineData("restore", "--replace")]
    [InlineData("verify", "a", "b")]
    [InlineData("create", "--out", "")]
    [InlineData("verify", "")]
    [InlineData("restore", "")]
    public async Task A_wrong_call_says_how_it_is_meant(params string[] args)
    {
        var (exit, output, error) = await RunAsync(args);

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.Contains("backup restore FILE [--replace] --digest DIGEST", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_making_one_wants_the_installation_made_ready()
    {
        Assert.True(BackupVerb.WantsPreparation(["create", "--out", "x"]));
        Assert.False(BackupVerb.WantsPreparation(["restore", "x"]));
        Assert.False(BackupVerb.WantsPreparation(["verify", "x"]));
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(string[] args, bool json = false)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        await using var services = new ServiceCollection().BuildServiceProvider();
        var exit = await _verb.RunAsync(new VerbContext(args, TextReader.Null, output, error, services, json), Cancel);
        return (exit, output.ToString(), error.ToString());
    }
}
