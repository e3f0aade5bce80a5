namespace Assistant.Mutation;

/// <summary>What the changed assembly asks at each of its tenant filters.</summary>
public static class Mutants
{
    /// <summary>Environment variable that names the filter left out.</summary>
    public const string Chosen = "ASSISTANT_MUTANT";

    /// <summary>Environment variable that names a file which gets a line for each filter that was met.</summary>
    public const string Log = "ASSISTANT_MUTANT_LOG";

    private static readonly string? s_chosen = Environment.GetEnvironmentVariable(Chosen);
    private static readonly string? s_log = Environment.GetEnvironmentVariable(Log);
    private static readonly HashSet<string> s_met = new(StringComparer.Ordinal);

    /// <summary>Whether the filter is the one left out.</summary>
    public static bool IsOut(string filter)
    {
        if (s_log is not null)
        {
            Note(s_log, filter);
        }

        return string.Equals(filter, s_chosen, StringComparison.Ordinal);
    }

    /// <summary>Whether the query filter of rows of this type is the one left out.</summary>
    public static bool IsRowOut(Type row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return IsOut(TenantFilters.OfRows(row.FullName!));
    }

    private static void Note(string log, string filter)
    {
        lock (s_met)
        {
            if (s_met.Add(filter))
            {
                File.AppendAllLines(log, [filter]);
            }
        }
    }
}
