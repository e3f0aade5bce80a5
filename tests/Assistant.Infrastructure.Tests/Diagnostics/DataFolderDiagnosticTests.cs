using Assistant.Domain.Diagnostics;
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

    [Fact]
    public async Task A_folder_that_is_none_cannot_be_written()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllBytesAsync(file, [], TestContext.Current.CancellationToken);

        var findings = await new DataFolderDiagnostic(new DataFolder(file)).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FindingLevel.Failed, findings[0].Level);
    }
}
