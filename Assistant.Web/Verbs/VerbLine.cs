namespace Assistant.Web.Verbs;

/// <summary>What the command line asks for.</summary>
/// <param name="Name">The verb; <see cref="Serve"/> when none is given.</param>
/// <param name="Args">What follows the verb, <c>--json</c> taken out. For <see cref="Serve"/>: configuration such as <c>--urls</c>.</param>
internal sealed record VerbLine(string Name, IReadOnlyList<string> Args, bool Json)
{
    public const string Serve = "serve";
    public const string Help = "help";
    public const string Version = "version";

    public bool IsServe => Name == Serve;

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
            ['-', ..] => new(Serve, args, Json: false),
            Serve => new(Serve, [.. args.Skip(1)], Json: false),
            var name => new(name, [.. args.Skip(1).Where(a => a != "--json")], args.Contains("--json")),
        };
    }
}
