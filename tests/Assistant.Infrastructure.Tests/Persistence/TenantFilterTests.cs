using Assistant.Infrastructure.Persistence;
using Assistant.Mutation;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What is known of each tenant filter of the stores, each taken out once: <c>docs/testing.md</c>.</summary>
public sealed class TenantFilterTests
{
    private const string Remedy =
        "Build the tests in Release, run Assistant.Mutation, write the tests that its survivors lack, and commit tests/Assistant.Mutation/killed.txt:\n  "
        + "dotnet tests/Assistant.Mutation/bin/Release/net10.0/Assistant.Mutation.dll run\n";

    private static readonly IReadOnlyList<string> s_filters = TenantFilters.In(typeof(AssistantDbContext).Assembly.Location);

    private static readonly SortedDictionary<string, string> s_killed =
        KilledFilters.Read(Path.Combine(AppContext.BaseDirectory, KilledFilters.FileName));

    private static readonly SortedDictionary<string, string> s_equivalent =
        KilledFilters.Read(Path.Combine(AppContext.BaseDirectory, KilledFilters.EquivalentFileName));

    private static readonly string[] s_open = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, KilledFilters.OpenFileName));

    [Fact]
    public void The_loss_of_every_tenant_filter_was_found_by_a_test_or_is_known_to_be_open()
    {
        var unproven = s_filters.Except(s_killed.Keys).Except(s_equivalent.Keys).Except(s_open).ToList();

        TestContext.Current.TestOutputHelper?.WriteLine($"{s_filters.Count} tenant filters, {s_killed.Count} killed, {s_equivalent.Count} equivalent, {s_open.Length} open");
        Assert.True(s_filters.Count > 150, "the filters are not found");
        Assert.True(unproven.Count == 0, $"No test is known to find the loss of these. {Remedy}  {string.Join("\n  ", unproven)}");
    }

    [Fact]
    public void The_list_names_no_filter_that_is_gone()
    {
        var gone = s_killed.Keys.Concat(s_equivalent.Keys).Concat(s_open).Except(s_filters).ToList();

        Assert.True(gone.Count == 0, $"These are no longer in the program. {Remedy}  {string.Join("\n  ", gone)}");
    }

    [Fact]
    public void A_filter_stands_in_one_list_and_one_that_nobody_would_miss_says_why()
    {
        var twice = s_killed.Keys.Concat(s_equivalent.Keys).Concat(s_open).GroupBy(filter => filter, StringComparer.Ordinal).Where(group => group.Count() > 1);

        Assert.Empty(twice.Select(group => group.Key));
        Assert.All(s_equivalent.Values, reason => Assert.EndsWith(".", reason, StringComparison.Ordinal));
        Assert.True(s_equivalent.Count < s_filters.Count / 10, "such filters are rare");
    }

    [Fact]
    public void Every_test_in_the_list_is_still_there()
    {
        var tests = typeof(TenantFilterTests).Assembly.GetTypes().Where(type => !type.IsAbstract)
            .SelectMany(type => type.GetMethods().Select(method => $"{type.FullName}.{method.Name}".Replace($"{nameof(Assistant)}.Infrastructure.Tests.", "", StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);

        var missing = s_killed.Values.Distinct().Where(test => !tests.Contains(test)).ToList();

        Assert.True(missing.Count == 0, $"What these tests found has to be found again. {Remedy}  {string.Join("\n  ", missing)}");
    }

    [Fact]
    public void Every_condition_on_the_tenant_is_seen_whatever_stands_around_it()
    {
        var statements = s_filters.Select(name => name[(name.IndexOf(": ", StringComparison.Ordinal) + 2)..]).ToList();

        Assert.DoesNotContain(statements, text => text.Contains("cannot take out", StringComparison.Ordinal));
        Assert.Contains(statements, text => text.StartsWith("UPDATE ", StringComparison.Ordinal));
        Assert.Contains(statements, text => text.StartsWith("DELETE ", StringComparison.Ordinal));
        Assert.Contains(statements, text => text.StartsWith("INSERT ", StringComparison.Ordinal) && text.Contains("«p.tenant_id = @p2»", StringComparison.Ordinal));
        Assert.Contains(statements, text => text.StartsWith("rows of ", StringComparison.Ordinal));
        Assert.Contains("a context of one tenant", statements);
        Assert.Contains("compares tenants", statements);
        Assert.Contains("a query compares tenants", statements);
    }
}
