using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Diagnostics;

public sealed class DataFolderDiagnosticTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0, FindingLevel.Failed)]
    [InlineData(63, FindingLevel.Failed)]
    [InlineData(64, FindingLevel.Warning)]
    [InlineData(499, FindingLevel.Warning)]
    [InlineData(500, null)]
    public void Little_space_is_a_warning_and_next_to_none_a_failure(long freeMegabytes, FindingLevel? level)
        => Assert.Equal(level, DataFolderDiagnostic.OfSpace(freeMegabytes << 20)?.Level);

    [Fact]
    public async Task What_it_writes_to_try_the_folder_is_gone_afterwards()
    {
        var findings = await new DataFolderDiagnostic(new DataFolder(_folder.FullName)).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FindingLevel.Fine, findings[0].Level);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData("serving.lock", true)]
    [InlineData("session-keys", true)]
    [InlineData("session-keys/key-1.xml", true)]
    [InlineData("lost+found", false)] // the file system's
    [InlineData("assistant.yaml", false)] // the operator's, who may keep it from being written
    public async Task A_file_of_the_program_that_belongs_to_another_account_is_told_of(string foreign, bool isTold)
    {
        var path = Path.Combine(_folder.FullName, foreign);
        _folder.CreateSubdirectory("session-keys");
        if (!Directory.Exists(path))
        {
            await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        }

        // Nothing is kept from root, as which tests may run.
        var diagnostic = new DataFolderDiagnostic(new DataFolder(_folder.FullName)) { MayUse = found => found.FullName != path };
        var finding = (await diagnostic.RunAsync(TestContext.Current.CancellationToken))[0];

        Assert.Equal(isTold ? FindingLevel.Failed : FindingLevel.Fine, finding.Level);
        Assert.Equal(isTold, Assert.IsType<Phrase.Verbatim>(finding.Detail).Text.StartsWith(path, StringComparison.Ordinal));
        Assert.Equal(isTold, finding.Fix is Phrase.Verbatim { Text: var fix } && fix.Contains("chown -R", StringComparison.Ordinal));
    }

    [Fact]
    public void What_belongs_to_this_account_may_be_used_and_what_is_not_there_may_not()
    {
        Assert.True(ForeignFiles.MayUse(_folder));
        Assert.False(ForeignFiles.MayUse(new FileInfo(Path.Combine(_folder.FullName, "nothing"))));
    }

    [Theory]
    [InlineData(28, "Make room")]
    [InlineData(30, "Mount its file system")]
    [InlineData(13, "give it to the account")]
    public void A_full_disk_and_one_that_is_only_read_are_told_from_a_folder_of_another_account(int errno, string advice)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These numbers are of Unix.");

        var finding = DataFolderDiagnostic.OfRefusal(new DataFolder("/data"), new IOException("No.", errno));

        Assert.Contains(advice, Assert.IsType<Phrase.Verbatim>(finding.Fix).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_none_cannot_be_written()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllBytesAsync(file, [], TestContext.Current.CancellationToken);

        var findings = await new DataFolderDiagnostic(new DataFolder(file)).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FindingLevel.Failed, findings[0].Level);
    }
}
