using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Backups;

/// <summary>A restore that dies behind any step, and dies again, is brought to the same end.</summary>
public sealed class RestoreStepsTests : IDisposable
{
    private static readonly string[] s_old = ["assistant.db", "assistant.db-wal", "assistant.db-shm", "installation-id", "session-keys"];
    private static readonly string[] s_new = ["installation-id", "session-keys/key-2.xml", "audit-witness/default.checkpoints", "assistant.db"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-restore-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Cut_off_behind_any_step_and_again_behind_any_other_it_ends_with_all_of_the_backup_and_all_of_the_old_aside()
    {
        var steps = await CountAsync();
        Assert.Equal(s_old.Length + s_new.Length + 2, steps);
        for (var first = 0; first <= steps; first++)
        {
            for (var second = 0; second <= steps - first; second++)
            {
                var data = await PrepareAsync($"{first}-{second}");
                Take(data, first);
                Take(data, second);

                Take(data, int.MaxValue);

                var folder = new RestoreFolder(data);
                Assert.Equal(RestoreStage.Recording, folder.Read()?.Stage);
                AssertRestored(data);
                folder.End();
                Assert.Null(folder.Read());
                Assert.False(Directory.Exists(Path.Combine(data.Path, "restoring")));
            }
        }
    }

    [Fact]
    public async Task Before_the_journal_everything_is_as_it_was()
    {
        var data = new DataFolder(_folder.CreateSubdirectory("before").FullName);
        await MakeOldAsync(data);
        var folder = new RestoreFolder(data);
        await StageAsync(folder);

        Assert.Null(new RestoreFolder(data).Read());
        folder.Discard();

        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(data.Path, "assistant.db"), Cancel));
        Assert.False(Directory.Exists(Path.Combine(data.Path, "restoring")));
    }

    [Fact]
    public async Task What_somebody_made_in_the_place_of_what_was_moved_is_moved_too_and_hides_nothing()
    {
        var data = await PrepareAsync("later");
        Take(data, 1);
        await File.WriteAllTextAsync(Path.Combine(data.Path, "assistant.db"), "empty", Cancel);

        Take(data, int.MaxValue);

        AssertRestored(data);
        Assert.Equal("empty", await File.ReadAllTextAsync(Path.Combine(data.Path, "aside", "assistant.db.later"), Cancel));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_stops_the_start_with_a_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "restore.json"), "{", Cancel);

        var fault = Assert.Throws<InstallationException>(() => new RestoreFolder(new DataFolder(_folder.FullName)).Read());

        Assert.StartsWith("A restore was cut off", fault.Message, StringComparison.Ordinal);
    }

    private static void Take(DataFolder data, int steps)
    {
        var folder = new RestoreFolder(data); // as a process that starts has it
        foreach (var _ in folder.Steps(folder.Read()!).Take(steps))
        {
        }
    }

    private async Task<int> CountAsync()
    {
        var folder = new RestoreFolder(await PrepareAsync("count"));
        return folder.Steps(folder.Read()!).Count();
    }

    private async Task<DataFolder> PrepareAsync(string name)
    {
        var data = new DataFolder(_folder.CreateSubdirectory(name).FullName);
        await MakeOldAsync(data);
        var folder = new RestoreFolder(data);
        await StageAsync(folder);
        folder.Write(new RestoreJournal(
            Guid.CreateVersion7(), RestoreStage.SettingAside, "aside", s_old, s_new, Actor.System, "local", DateTimeOffset.UnixEpoch, "d", [], []));
        return data;
    }

    private static async Task MakeOldAsync(DataFolder data)
    {
        Directory.CreateDirectory(Path.Combine(data.Path, "session-keys"));
        foreach (var name in (string[])["assistant.db", "assistant.db-wal", "installation-id", "session-keys/key-1.xml", "master.key"])
        {
            await File.WriteAllTextAsync(Path.Combine(data.Path, name), "old", Cancel);
        }
    }

    private static async Task StageAsync(RestoreFolder folder)
    {
        foreach (var name in s_new)
        {
            await using var sink = folder.Stage(name);
            await sink.WriteAsync("new"u8.ToArray(), Cancel);
            await sink.CompleteAsync(Cancel);
        }

        folder.Settle();
    }

    private static void AssertRestored(DataFolder data)
    {
        Assert.All(s_new, name => Assert.Equal("new", File.ReadAllText(Path.Combine(data.Path, name))));
        Assert.All(
            (string[])["assistant.db", "assistant.db-wal", "installation-id", "session-keys/key-1.xml"],
            name => Assert.Equal("old", File.ReadAllText(Path.Combine(data.Path, "aside", name))));
        Assert.False(File.Exists(Path.Combine(data.Path, "assistant.db-wal"))); // the old log over the new file would be a mixture
        Assert.False(File.Exists(Path.Combine(data.Path, "session-keys", "key-1.xml")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(data.Path, "master.key")));
    }
}
