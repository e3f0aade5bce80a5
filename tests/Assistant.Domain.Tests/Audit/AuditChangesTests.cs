using Assistant.Domain.Audit;
using Assistant.Domain.Settings;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

/// <summary>An event tells what a change was made of, and no secret.</summary>
public sealed class AuditChangesTests
{
    private static readonly SettingField[] Fields =
    [
        new("url", new("Address", "地址"), new("", ""), SettingKind.Url),
        new("key", new("Key", "密钥"), new("", ""), SettingKind.Secret),
    ];

    [Fact]
    public void Only_what_differs_is_told()
    {
        var changes = new AuditChanges().Add("name", "Ada", "Ada").Add("role", "viewer", "admin").Add("enabled", true, true).Add("default", false, true);

        Assert.Equal([new("default", "false", "true"), new("role", "viewer", "admin")], Read(changes));
    }

    [Fact]
    public void A_side_on_which_there_is_nothing_is_left_out()
    {
        var changes = new AuditChanges().Add("made", null, "x").Add("gone", "x", null).Add("never", null, "").Add("on", null, true);

        Assert.Equal([new("gone", "x", null), new("made", null, "x"), new("on", null, "true")], Read(changes));
        Assert.Equal(["after:made", "before:gone", "after:on"], changes.Details.Select(detail => detail.Key));
    }

    [Fact]
    public void Of_a_secret_only_the_fact_is_told()
    {
        var changes = new AuditChanges().Add(
            Fields, Values(("url", "https://a.example"), ("key", "hush"), ("old", "what nobody describes")), Values(("url", "https://b.example"), ("key", "psst")));

        Assert.Equal(
            [new("key", AuditChanges.Secret, AuditChanges.Secret), new("old", AuditChanges.Secret, null), new("url", "https://a.example", "https://b.example")],
            Read(changes));
    }

    [Fact]
    public void A_secret_that_stays_is_not_told()
        => Assert.Empty(new AuditChanges().Add(Fields, Values(("key", "hush")), Values(("key", "hush"))).Details);

    [Fact]
    public void A_long_value_is_cut()
    {
        var change = Assert.Single(Read(new AuditChanges().Add("prompt", null, new string('x', AuditChanges.MaxLength + 1))));

        Assert.Equal(new string('x', AuditChanges.MaxLength) + "…", change.After);
    }

    [Fact]
    public void Other_details_are_no_changes()
    {
        Assert.Empty(AuditChanges.Read(new Dictionary<string, string> { ["type"] = "openai" }));
        Assert.False(AuditChanges.IsChange("type"));
        Assert.True(AuditChanges.IsChange("before:type"));
    }

    private static SettingValues Values(params (string Key, string Value)[] values) => new(values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));

    private static IReadOnlyList<AuditChange> Read(AuditChanges changes)
        => AuditChanges.Read(changes.Details.ToDictionary(detail => detail.Key, detail => detail.Value));
}
