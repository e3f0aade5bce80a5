namespace Assistant.Web.Verbs;

/// <summary>The verbs of the program: what there is and what is planned.</summary>
internal static class VerbTable
{
    /// <summary>Verbs that work, in the order help lists them; <c>serve</c> apart.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Available { get; } =
    [
        ("doctor", "examines the installation and says what to mend"),
        ("tenants", "creates and lists the tenants of this installation"),
        ("users", "creates who may sign in to the console, and says what they may do in which tenant"),
        ("roles", "lists roles and makes a tenant's own"),
        ("apikeys", "creates, lists and revokes keys of the REST API"),
        ("people", "exports everything about a person, and forgets them for good"),
        ("channels", "lists and tries the connections to messengers"),
        ("engines", "lists and tries what answers"),
        ("permissions", "lists every way in and what it asks of who comes in"),
        ("audit", "verifies and exports the audit log"),
        ("backup", "makes, verifies and restores backups"),
        ("keys", "shows and replaces the keys everything is sealed with"),
    ];

    /// <summary>Verbs whose feature is not there yet.</summary>
    public static IReadOnlyList<string> Planned { get; } = ["memory", "intents", "models", "flows"];

    public static bool IsAvailable(string name) => Available.Any(verb => verb.Name == name);

    public static bool IsPlanned(string name) => Planned.Contains(name, StringComparer.Ordinal);

    public static void WriteHelp(TextWriter target)
    {
        target.WriteLine("Usage: assistant [serve | VERB …] [--json]");
        target.WriteLine();
        target.WriteLine("  serve        runs the assistant (the default; takes e.g. --urls http://localhost:8080)");
        foreach (var (name, summary) in Available)
        {
            target.WriteLine($"  {name,-11}  {summary}");
        }

        target.WriteLine();
        target.WriteLine($"Planned, not available yet: {string.Join(", ", Planned)}");
        target.WriteLine();
        target.WriteLine("ASPNETCORE_URLS  where to listen      ASSISTANT_DATA    the data folder");
        target.WriteLine("ASSISTANT_CONFIG the assistant.yaml   Assistant__…      every option");
        target.WriteLine("Ends with 0 fine, 1 refused or a check failed, 2 wrong use, 3 cannot start.");
    }
}
