using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using FsCheck.Xunit;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class AuditChainTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Tenants => ["default", "second"];

    [Theory]
    [MemberData(nameof(Tenants))]
    public void Canonical_bytes_and_hashes_are_those_of_the_independent_vectors(string tenant)
    {
        var chain = Vectors().Single(c => c.GetProperty("tenant").GetString() == tenant);
        var appender = new AuditChainAppender(new TenantId(tenant), 0, default);
        Assert.Equal(chain.GetProperty("genesis").GetString(), Convert.ToHexStringLower(appender.HeadHash.Span));

        foreach (var vector in chain.GetProperty("events").EnumerateArray())
        {
            var draft = Draft(tenant, vector);
            var canonical = AuditChain.CanonicalBytes(vector.GetProperty("seq").GetInt64(), draft);
            Assert.Equal(vector.GetProperty("canonical").GetString(), Convert.ToHexStringLower(canonical));

            var hash = AuditChain.Hash(appender.HeadHash.Span, canonical);
            var appended = appender.Append(draft);
            Assert.Equal(vector.GetProperty("hash").GetString(), Convert.ToHexStringLower(hash));
            Assert.Equal(hash, appended.Hash.ToArray());
        }
    }

    [Fact]
    public void Time_is_kept_to_the_millisecond_in_utc()
    {
        var draft = Draft() with { At = new DateTimeOffset(2026, 1, 1, 13, 0, 0, TimeSpan.FromHours(1)).AddTicks(1_239_999) };

        Assert.Equal(Noon.AddMilliseconds(123), draft.At);
        Assert.Equal(TimeSpan.Zero, draft.At.Offset);
    }

    [Fact]
    public void What_no_database_keeps_is_replaced_before_it_is_hashed()
    {
        var draft = Draft() with
        {
            Actor = new Actor("person", "1", "a\0b\uD83D"),
            Details = new Dictionary<string, string> { ["k"] = "\uDC4Bx", ["ok"] = "👋" },
        };

        Assert.Equal("a\uFFFDb\uFFFD", draft.Actor.Name);
        Assert.Equal("\uFFFDx", draft.Details["k"]);
        Assert.Equal("👋", draft.Details["ok"]);
    }

    [Property]
    public bool Any_text_survives_a_round_trip_through_utf8(string? text)
    {
        var kept = (Draft() with { Subject = text ?? "" }).Subject;

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)) == kept && !kept.Contains('\0');
    }

    [Property]
    public bool Moving_a_character_between_neighbouring_fields_changes_the_bytes(FsCheck.NonEmptyString text)
    {
        var value = (Draft() with { Action = text.Get }).Action;
        var whole = Draft() with { Action = value, Subject = "" };
        var moved = Draft() with { Action = value[..^1], Subject = value[^1..] };

        return !AuditChain.CanonicalBytes(1, whole).SequenceEqual(AuditChain.CanonicalBytes(1, moved));
    }

    [Property]
    public bool The_order_in_which_details_were_added_does_not_matter(Dictionary<string, string>? details)
    {
        var given = (details ?? []).Where(d => d.Key is not null).ToDictionary(d => d.Key, d => d.Value ?? "");
        var reversed = given.Reverse().ToDictionary(d => d.Key, d => d.Value);

        return AuditChain.CanonicalBytes(1, Draft() with { Details = given })
            .SequenceEqual(AuditChain.CanonicalBytes(1, Draft() with { Details = reversed }));
    }

    [Fact]
    public void An_event_of_another_tenant_cannot_join_a_chain()
        => Assert.Throws<ArgumentException>(() => new AuditChainAppender(new TenantId("other"), 0, default).Append(Draft()));

    private static AuditDraft Draft()
        => new(TenantId.Default, Noon, Actor.System, "test.done", "test/1", "local", AuditDraft.NoDetails);

    private static AuditDraft Draft(string tenant, JsonElement vector)
    {
        string Text(string name) => vector.GetProperty(name).GetString()!;
        var actor = vector.GetProperty("actor");
        return new AuditDraft(
            new TenantId(tenant),
            DateTimeOffset.FromUnixTimeMilliseconds(vector.GetProperty("at").GetInt64()),
            new Actor(actor.GetProperty("kind").GetString()!, actor.GetProperty("id").GetString()!, actor.GetProperty("name").GetString()!),
            Text("action"),
            Text("subject"),
            Text("origin"),
            vector.GetProperty("details").EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetString()!));
    }

    private static List<JsonElement> Vectors()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Audit", "vectors.json"));
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }
}
