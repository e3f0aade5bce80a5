namespace Assistant.Web.Verbs;

/// <summary>What the command line asks for.</summary>
/// <param name="Name">The verb; <see cref="Serve"/> when none is given.</param>
/// <param name="Args">What follows the verb, <c>--json</c> taken out. For <see cref="Serve"/>: configuration such as <c>--urls=…</c>.</param>
/// <param name="Wrong">Why <see cref="Serve"/> cannot be meant this way; then nothing is served.</param>
internal sealed record VerbLine(string Name, IReadOnlyList<string> Args, bool Json, string? Wrong = null)
{
    public const string Serve = "serve";
    public const string Help = "help";
    public const string Version = "version";

    // What the program and its host read under a name without a section.
    private static readonly HashSet<string> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        "urls", "environment", "contentRoot", "applicationName", "AllowedHosts", "ASSISTANT_DATA", "ASSISTANT_CONFIG",
    };

    public bool IsServe => Name == Serve && Wrong is null;

    public static VerbLine Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
        {
            return new(Serve, [], Json: false);
        }

        return args[0] switch
        {
            "--help" or "-h" or "-?" => new(Help, [], Json: false),
            "--version" => new(Version, [], Json: false),
            ['-', ..] => ParseServe(args),
            Serve => ParseServe([.. args.Skip(1)]),
            var name => new(name, [.. args.Skip(1).Where(a => a != "--json")], args.Contains("--json")),
        };
    }

    // The host would leave out what it does not understand, and serve.
    private static VerbLine ParseServe(IReadOnlyList<string> args)
    {
        if (args is ["--help" or "-h" or "-?"])
        {
            return new(Help, [], Json: false);
        }

        var settings = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var parts = args[i].Split('=', 2);
            var option = parts[0];
            if (!option.StartsWith("--", StringComparison.Ordinal) || !IsSetting(option[2..]))
            {
                return new(Serve, [], Json: false, $"There is no option '{option}' here.");
            }

            var value = parts.Length == 2 ? parts[1]
                : i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i]
                : "";
            if (string.IsNullOrWhiteSpace(value))
            {
                return new(Serve, [], Json: false, $"The option '{option}' needs a value.");
            }

            settings.Add($"{option.Replace("__", ":", StringComparison.Ordinal)}={value}"); // as in a variable, where the system takes no colon
        }

        return new(Serve, settings, Json: false);
    }

    private static bool IsSetting(string name)
        => Settings.Contains(name) || name.Contains(':', StringComparison.Ordinal) || name.Contains("__", StringComparison.Ordinal);
}
