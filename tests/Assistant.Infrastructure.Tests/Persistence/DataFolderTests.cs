using System.Runtime.Versioning;
using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

[UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _parent = Directory.CreateTempSubdirectory("assistant-folder-").FullName;

    private DataFolder Folder => new(Path.Combine(_parent, "data"));

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_new_data_folder_is_closed_to_other_accounts()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

        Folder.Prepare();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Folder.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void One_that_is_named_by_nothing_lies_where_the_program_was_started(string? named)
        => Assert.Equal(Path.GetFullPath("data"), DataFolder.Named(named).Path);

    [Fact]
    public void A_folder_that_exists_keeps_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        const UnixFileMode Shared = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(Folder.Path);
        File.SetUnixFileMode(Folder.Path, Shared);

        Folder.Prepare();

        Assert.Equal(Shared, File.GetUnixFileMode(Folder.Path));
    }
}
