using System.Text;
using Assistant.Domain.Backups;
using Xunit;

namespace Assistant.Domain.Tests.Backups;

public sealed class BackupManifestTests
{
    private static readonly BackupManifest s_manifest = new(
        1, Guid.Parse("01990000-0000-7000-8000-000000000001"), "1.0", "postgres", "2026_B", "i", new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.Zero),
        [new("session-keys/key-1.xml", 3, "aa", []), new("tables/people", 5, "bb", ["id", "name"])], [new("default", 3, "cd")]);

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var read = BackupManifest.Parse(s_manifest.ToBytes());

        Assert.Equal(s_manifest.Digest(), read.Digest());
        Assert.Equal(["id", "name"], read.Entries[1].Columns);
        Assert.Equal((8L, true), (read.Length, read.Entries[1].IsTable));
        Assert.Equal((s_manifest.MadeAt, s_manifest.Logs[0]), (read.MadeAt, read.Logs[0]));
    }

    [Fact]
    public void One_of_a_newer_program_is_told_from_one_that_is_damaged()
    {
        Assert.Equal(BackupFault.NewerFormat, Refused((s_manifest with { Format = 2 }).ToBytes()));
        Assert.Equal(BackupFault.Damaged, Refused((s_manifest with { Format = 0 }).ToBytes()));
        Assert.Equal(BackupFault.Damaged, Refused("{}"u8.ToArray()));
        Assert.Equal(BackupFault.Damaged, Refused("null"u8.ToArray()));
        Assert.Equal(BackupFault.Damaged, Refused(Encoding.UTF8.GetBytes("{\"format\":1")));
        Assert.Equal(BackupFault.Damaged, Refused((s_manifest with { Entries = [new("../master.key", 1, "aa", [])] }).ToBytes()));
    }

    [Theory]
    [InlineData("assistant.db", true)]
    [InlineData("session-keys/key-1.xml", true)]
    [InlineData("", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("a//b", false)]
    [InlineData("a/../b", false)]
    [InlineData("./a", false)]
    [InlineData("a\\b", false)]
    [InlineData("c:a", false)]
    [InlineData("a\0", false)]
    public void A_name_stays_below_its_folder(string name, bool isSafe) => Assert.Equal(isSafe, BackupEntry.IsSafe(name));

    private static BackupFault Refused(byte[] bytes) => Assert.Throws<BackupRefusedException>(() => BackupManifest.Parse(bytes)).Fault;
}
