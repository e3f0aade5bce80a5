using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Domain.Tests.Backups;

public sealed class RestoreJournalTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);
    private static readonly RestoreJournal s_journal = new(
        Guid.Parse("01990000-0000-7000-8000-000000000001"), RestoreStage.Copying, "replaced-1", ["assistant.db"], ["assistant.db", "session-keys/key-1.xml"],
        new Actor("system", "cli", "Command line"), "local", s_now, "dd", [new("default", 9, "ab"), new("later", 1, "ef")], [new("default", 3, "cd"), new("annex", 2, "00")]);

    [Theory]
    [InlineData(RestoreStage.Copying, false, null)]
    [InlineData(RestoreStage.Copying, true, RestoreStage.SettingAside)]
    [InlineData(RestoreStage.SettingAside, false, RestoreStage.SettingAside)]
    [InlineData(RestoreStage.Placing, false, RestoreStage.Placing)]
    [InlineData(RestoreStage.Recording, false, RestoreStage.Recording)]
    public void It_is_gone_on_with_where_it_was_unless_the_database_never_took_the_backup(RestoreStage stage, bool isCopied, RestoreStage? next)
        => Assert.Equal(next, (s_journal with { Stage = stage }).GoOn(isCopied)?.Stage);

    [Fact]
    public void It_is_read_as_it_was_written()
        => Assert.Equal(s_journal.ToBytes(), RestoreJournal.Parse(s_journal.ToBytes()).ToBytes());

    [Fact]
    public void What_is_no_journal_or_leads_elsewhere_is_not_followed()
    {
        Assert.Throws<FormatException>(() => RestoreJournal.Parse("{"u8));
        Assert.Throws<FormatException>(() => RestoreJournal.Parse("{}"u8));
        Assert.Throws<FormatException>(() => RestoreJournal.Parse((s_journal with { New = ["../x"] }).ToBytes()));
        Assert.Throws<FormatException>(() => RestoreJournal.Parse((s_journal with { Aside = "/tmp" }).ToBytes()));
    }

    [Fact]
    public void Each_log_is_told_which_backup_it_was_restored_from_and_where_it_had_been()
    {
        var told = s_journal.Event(TenantId.Default, s_now);

        Assert.Equal((AuditActions.BackupRestored, s_journal.Subject, "Command line", "local"), (told.Action, told.Subject, told.Actor.Name, told.Origin));
        Assert.Equal(("9 ab", "3 cd", "dd"), (told.Details["before:head"], told.Details["after:head"], told.Details["digest"]));
        Assert.Equal(["after:head", "digest", "made"], s_journal.Event(new TenantId("annex"), s_now).Details.Keys.Order(StringComparer.Ordinal));
    }
}
