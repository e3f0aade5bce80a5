using Assistant.Domain.Backups;
using Xunit;

namespace Assistant.Domain.Tests.Backups;

public sealed class RestorePlanTests
{
    private static readonly LogHead s_now = new("default", 7, "ab");
    private static readonly BackupManifest s_manifest = new(
        1, Guid.Parse("01990000-0000-7000-8000-000000000001"), "1.0", "sqlite", "2026_B", "i", new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero),
        [new("assistant.db", 1000, "00", []), new("tables/people", 50_000_000, "00", ["id"])], [new("default", 3, "cd")]);

    private static readonly BackupContents s_backup = new(s_manifest, 2000);
    private static readonly StandingInstallation s_standing = new("sqlite", false, [s_now], ["2026_A", "2026_B"], false, RestorePlan.Spare + 1000);

    [Fact]
    public void What_fits_is_planned_and_says_what_it_replaces()
    {
        var plan = RestorePlan.Make(s_backup, s_standing, replace: true);

        Assert.Equal((true, s_now), (plan.Replaces, Assert.Single(plan.Before)));
        Assert.False(RestorePlan.Make(s_backup, s_standing with { IsEmpty = true, Logs = [] }, replace: false).Replaces);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_sentence()
    {
        AssertRefused(BackupFault.Served, s_standing with { IsServed = true });
        AssertRefused(BackupFault.OtherDatabase, s_standing with { Database = "postgres" });
        AssertRefused(BackupFault.NewerSchema, s_standing with { KnownSchemas = ["2026_A"] });
        AssertRefused(BackupFault.InTheWay, s_standing, replace: false);
        AssertRefused(BackupFault.NoSpace, s_standing with { FreeBytes = s_standing.FreeBytes - 1 });
    }

    [Fact]
    public void The_digest_is_of_the_backup_and_of_what_it_replaces()
    {
        var plan = RestorePlan.Make(s_backup, s_standing, replace: true);

        Assert.Equal(plan.Digest, RestorePlan.Make(s_backup, s_standing with { FreeBytes = long.MaxValue }, replace: true).Digest);
        string[] others =
        [
            plan.Digest, (plan with { Before = [s_now with { Seq = 8 }] }).Digest, (plan with { Before = [s_now with { Hash = "ac" }] }).Digest, (plan with { Before = [] }).Digest,
            (plan with { Replaces = false }).Digest, (plan with { Backup = s_backup with { Manifest = s_manifest with { Id = Guid.Empty } } }).Digest,
        ];
        Assert.Equal(others.Length, others.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((plan with { Before = [s_now, new("annex", 1, "ef")] }).Digest, (plan with { Before = [new("annex", 1, "ef"), s_now] }).Digest);
    }

    private static void AssertRefused(BackupFault fault, StandingInstallation here, bool replace = true)
    {
        var refused = Assert.Throws<BackupRefusedException>(() => RestorePlan.Make(s_backup, here, replace));
        Assert.Equal(fault, refused.Fault);
        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
    }
}
