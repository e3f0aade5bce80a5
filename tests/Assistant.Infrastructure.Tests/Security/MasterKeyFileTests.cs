using Assistant.Infrastructure.Security.Sealing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class MasterKeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("master-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "master.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_in_its_place_is_told_and_left()
    {
        Directory.CreateDirectory(KeyPath);
        var file = new MasterKeyFile(KeyPath);

        Assert.Contains("is a folder", Assert.Throws<MasterKeyException>(file.Read).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<MasterKeyException>(file.ReadOrMake).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(KeyPath));
    }

    [Fact]
    public void Another_accounts_file_is_told_with_what_helps()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Everything can be read here.");
        _ = MasterKeyFile.ReadOrCreate(KeyPath);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyPath, UnixFileMode.None);
        }

        var error = Assert.Throws<MasterKeyException>(() => MasterKeyFile.ReadOrCreate(KeyPath));

        Assert.EndsWith("is denied. Give it to the account this program runs under.", error.Message, StringComparison.Ordinal);
    }
}
