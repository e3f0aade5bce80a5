namespace Assistant.Mutation;

/// <summary>What the changed assembly asks at each of its tenant filters.</summary>
public static class Mutants
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<string> s_met = new(StringComparer.Ordinal);
    private static string? s_out;

    /// <summary>Whether the filter is the one left out.</summary>
    public static bool IsOut(string filter)
    {
        lock (s_lock)
        {
            s_met.Add(filter);
            return string.Equals(filter, s_out, StringComparison.Ordinal);
        }
    }

    /// <summary>Whether the query filter of rows of this type is the one left out.</summary>
    public static bool IsRowOut(Type row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return IsOut(TenantFilters.OfRows(row.FullName!));
    }

    /// <summary>Leaves one filter out from here on, or none.</summary>
    internal static void LeaveOut(string? filter)
    {
        lock (s_lock)
        {
            s_out = filter;
            s_met.Clear();
        }
    }

    /// <summary>The filters met since the last choice.</summary>
    internal static string[] Met()
    {
        lock (s_lock)
        {
            return [.. s_met];
        }
    }
}
