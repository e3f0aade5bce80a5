using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Provisioning;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Infrastructure.Tests.Provisioning;

/// <summary>Golden readings: a file in, a plan or the exact list of problems with line and column out.</summary>
public sealed class ProvisioningReaderTests
{
    private static readonly string Folder = Path.GetTempPath();

    public static MatrixTheoryData<string, string> Blanks { get; } = new(["name", "type", "tenant"], ["~", "null", "", "\"\""]);

    [Fact]
    public void A_whole_file_becomes_a_plan()
    {
        var (plan, problems) = Read("""
            tenants:
              - name: default
              - { name: sales, displayName: Sales }
            channels:
              - name: tg
                type: fake
                tenant: sales
                access: open
                settings: { token: "${env:TOKEN}", mode: webhook }
              - { name: off, type: fake, enabled: false, settings: { token: t } }
            engines:
              - name: local
                type: cloud
                settings: { apiKey: "none", baseUrl: "http://127.0.0.1:11434/v1" }
                default: true
              - { name: spare, type: embedded, order: 7 }
            """);

        Assert.Empty(problems);
        Assert.Equal(["default", "sales"], plan.Tenants.Select(t => t.Id.Value));
        var tg = plan.Connections[0];
        Assert.Equal(("tg", "sales", AccessPolicy.Open, true), (tg.Id.Value, tg.Tenant.Value, tg.Access, tg.IsEnabled));
        Assert.Equal("from-the-environment", tg.Settings.Find("token"));
        Assert.Equal((AccessPolicy.Pairing, false), (plan.Connections[1].Access, plan.Connections[1].IsEnabled));
        Assert.Equal([(true, 0), (false, 7)], plan.Engines.Select(e => (e.IsDefault, e.Order)));
    }

    [Fact]
    public void A_blank_around_an_address_is_left_out()
    {
        var (plan, problems) = Read("""
            channels:
              - { name: tg, type: fake, settings: { token: " t ", baseUrl: "https://messenger.example " } }
            """);

        Assert.Empty(problems);
        Assert.Equal((" t ", "https://messenger.example"), (plan.Connections[0].Settings.Find("token"), plan.Connections[0].Settings.Find("baseUrl")));
    }

    [Fact]
    public void Every_problem_is_told_with_its_line_and_column()
    {
        var (_, problems) = Read("""
            tenants:
              - name: default
              - name: default
            chanels: []
            channels:
              - name: tg
                type: pigeon
                acess: open
              - name: Not A Slug
                type: fake
                access: everybody
                tenant: nowhere
                settings:
                  mode: pigeon
                  token: "${env:MISSING}"
                  colour: red
              - type: fake
                enabled: perhaps
                settings: [token]
              - just text
            engines:
              - { name: a, type: cloud, default: true, settings: { baseUrl: "ftp://x" } }
              - { name: a, type: cloud, default: true, settings: { apiKey: k } }
            """);

        Assert.Equal(
            [
                "assistant.yaml:3:11: The tenant 'default' is declared twice.",
                "assistant.yaml:4:1: There is no key 'chanels' here. Known: tenants, channels, engines, sources, flows.",
                "assistant.yaml:7:11: There is no channel type 'pigeon'. Known: fake.",
                "assistant.yaml:8:5: There is no key 'acess' here. Known: name, type, tenant, displayName, access, enabled, settings.",
                "assistant.yaml:9:11: 'Not A Slug' is not a channel name: use 1 to 63 lower-case letters, digits and inner hyphens.",
                "assistant.yaml:11:13: 'access' must be one of: pairing, open, allowlist, blocked.",
                "assistant.yaml:12:13: There is no tenant 'nowhere'. Add it under 'tenants', or correct the name.",
                "assistant.yaml:14:7: 'mode' must be one of: polling, webhook.",
                "assistant.yaml:15:14: The environment variable 'MISSING' is not set.",
                "assistant.yaml:16:7: There is no setting 'colour'. Known: token, baseUrl, mode.",
                "assistant.yaml:17:5: 'name' is required.",
                "assistant.yaml:18:14: 'enabled' must be true or false.",
                "assistant.yaml:19:15: 'settings' must be a mapping.",
                "assistant.yaml:19:15: 'token' is required.",
                "assistant.yaml:20:5: An entry of 'channels' must be a mapping with a name.",
                "assistant.yaml:22:54: 'apiKey' is required.",
                "assistant.yaml:22:56: 'baseUrl' must be an absolute http or https address.",
                "assistant.yaml:23:13: The engine 'a' is declared twice.",
                "assistant.yaml:23:38: The tenant 'default' already has a default engine above.",
            ],
            problems.Select(p => p.ToString()));
    }

    [Theory]
    [MemberData(nameof(Blanks))]
    public void A_name_a_type_or_a_tenant_that_says_nothing_is_a_problem_and_no_entry_left_out(string key, string blank)
    {
        var entry = new Dictionary<string, string> { ["name"] = "tg", ["type"] = "fake", ["tenant"] = "known", ["settings"] = "{ token: t }", [key] = blank };

        var problem = Assert.Single(Read("channels:\n  - { " + string.Join(", ", entry.Select(pair => $"{pair.Key}: {pair.Value}")) + " }").Problems);

        Assert.Equal($"'{key}' is required.", problem.Message);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("type")]
    [InlineData("tenant")]
    public void A_required_reference_that_leads_nowhere_is_told_once(string key)
    {
        var entry = new Dictionary<string, string> { ["name"] = "tg", ["type"] = "fake", ["tenant"] = "known", ["settings"] = "{ token: t }", [key] = "\"${env:MISSING}\"" };

        var problem = Assert.Single(Read("channels:\n  - { " + string.Join(", ", entry.Select(pair => $"{pair.Key}: {pair.Value}")) + " }").Problems);

        Assert.Equal("The environment variable 'MISSING' is not set.", problem.Message);
    }

    [Theory]
    [InlineData("tenants: [\n", 2)]
    [InlineData("tenants:\n  - name: a\n   - name: b", 3)]
    [InlineData("engines: []\nengines: []", 2)]
    public void What_is_not_yaml_is_told_where_it_breaks(string text, int line)
    {
        var problem = Assert.Single(Read(text).Problems);

        Assert.Equal(line, problem.Line);
        Assert.StartsWith("This is not YAML: ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("&a [*a]: x", "1:1")] // a key that is within itself has a hash without end
    [InlineData("&a { b: *a }: x", "1:1")]
    [InlineData("tenants:\n  - ? [name]\n    : a", "2:7")]
    [InlineData("tenants: [ { &n name: a, *n : b } ]", "1:26")]
    public void What_is_no_text_is_no_key(string text, string at)
        => Assert.Equal($"assistant.yaml:{at}: A key must be a text.", Assert.Single(Read(text).Problems).ToString());

    [Fact]
    public void A_file_nested_without_end_is_a_problem_and_not_the_end_of_the_process()
    {
        foreach (var lists in new[] { 50, 100_000 }) // the mapping they are in is a level too
        {
            Assert.Equal(
                "assistant.yaml:1:60: The file must not be nested deeper than 50 levels.",
                Assert.Single(Read("channels: " + new string('[', lists)).Problems).ToString());
        }

        var deepest = Assert.Single(Read("channels: " + new string('[', 49) + new string(']', 49)).Problems);
        Assert.Equal("assistant.yaml:1:12: An entry of 'channels' must be a mapping with a name.", deepest.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("channels:\nengines:\n")]
    public void An_empty_file_provisions_nothing(string text)
    {
        var (plan, problems) = Read(text);

        Assert.Empty(problems);
        Assert.Empty(plan.Connections);
    }

    [Fact]
    public void A_list_at_the_top_is_a_problem()
        => Assert.Equal("assistant.yaml:1:1: The file must be a mapping with the keys tenants, channels, engines.", Read("- a").Problems[0].ToString());

    [Theory]
    [InlineData("tenants: [ { name: a } ]\n---\nchannels: []\n", 3)]
    [InlineData("---\n---\nchannels: []\n", 3)]
    [InlineData("tenants: [ { name: a } ]\n--- [ b ]\n--- [ c ]\n", 2)]
    public void A_second_document_is_a_problem_and_not_left_out(string text, int line)
    {
        var (plan, problems) = Read(text);

        var problem = Assert.Single(problems);
        Assert.Equal((line, "The file holds one document; remove '---'."), (problem.Line, problem.Message));
        Assert.Empty(plan.Tenants);
    }

    [Fact]
    public void One_document_may_be_marked_as_such()
    {
        var (plan, problems) = Read("# ours\n---\ntenants: [ { name: a } ]\n...\n");

        Assert.Empty(problems);
        Assert.Single(plan.Tenants);
    }

    [Fact]
    public void Sections_of_later_features_are_checked_for_shape_and_named()
    {
        var (plan, none) = Read("""
            sources:
              - { name: sales_db, type: postgres, settings: { connectionString: "${env:TOKEN}" } }
            flows: [ "flows/*.yaml" ]
            """);
        var (_, problems) = Read("sources: [ { type: postgres } ]\nflows: [ { a: b } ]");

        Assert.Equal(["sources", "flows"], plan.Unavailable);
        Assert.Empty(none);
        Assert.Equal([1, 2], problems.Select(p => p.Line));
    }

    [Fact]
    public void A_secret_comes_from_a_file_without_its_last_line_end()
    {
        var secret = Path.Combine(Folder, $"secret-{Guid.CreateVersion7()}");
        File.WriteAllText(secret, "from-the-file\n");
        try
        {
            var (plan, problems) = Read($$"""
                channels: [ { name: tg, type: fake, settings: { token: "${file:{{Path.GetFileName(secret)}}}" } } ]
                """);

            Assert.Empty(problems);
            Assert.Equal("from-the-file", plan.Connections[0].Settings.Find("token"));
            Assert.Equal([secret], plan.Files);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Theory]
    [InlineData("${file:no/such/file}", "The file 'no/such/file' cannot be read")]
    [InlineData("${vault:x}", "'${vault:x}' is not a reference")]
    [InlineData("${HOME}", "'${HOME}' is not a reference")]
    public void A_reference_that_leads_nowhere_is_a_problem(string reference, string message)
    {
        var problem = Assert.Single(Read($$"""channels: [ { name: tg, type: fake, settings: { token: "{{reference}}" } } ]""").Problems);

        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_doubled_dollar_is_no_reference()
        => Assert.Equal(
            "a${b}",
            Read("""channels: [ { name: tg, type: fake, settings: { token: "a$${b}" } } ]""").Plan.Connections[0].Settings.Find("token"));

    [Theory]
    [InlineData("tenants: [ { name: a, displayName: ", " } ]")]
    [InlineData("channels: [ { name: tg, type: fake, settings: { token: t }, displayName: ", " } ]")]
    public void A_name_people_see_has_the_length_the_database_holds(string before, string after)
    {
        Assert.Empty(Read(before + new string('x', 200) + after).Problems);

        Assert.Equal("'displayName' has at most 200 characters and none that cannot be stored or seen.", Assert.Single(Read(before + new string('x', 201) + after).Problems).Message);
        Assert.Single(Read(before + "\"a\\0b\"" + after).Problems);
        Assert.Single(Read(before + "\"a\\u202Eb\"" + after).Problems);
    }

    [Fact]
    public void A_tenant_that_exists_need_not_be_declared()
        => Assert.Empty(Read("channels: [ { name: tg, type: fake, tenant: known, settings: { token: t } } ]").Problems);

    private static (ProvisioningPlan Plan, IReadOnlyList<Domain.Provisioning.ProvisioningProblem> Problems) Read(string text)
        => new ProvisioningReader(new FakeChannel(), new FakeEngines()).Read(
            text, "assistant.yaml", new References(Folder, name => name == "TOKEN" ? "from-the-environment" : null),
            new HashSet<TenantId> { new("known") });
}
