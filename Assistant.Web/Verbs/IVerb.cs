namespace Assistant.Web.Verbs;

/// <summary>One thing the program does when it is not serving, e.g. <c>users</c>. Runs beside a serving process as well as without one.</summary>
internal interface IVerb
{
    /// <summary>First word on the command line.</summary>
    string Name { get; }

    /// <summary>How to call it, one form per line, without the program's name.</summary>
    string Usage { get; }

    /// <returns>One of <see cref="VerbExit"/>.</returns>
    Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken);
}

/// <summary>What a verb works with.</summary>
/// <param name="Args">Everything after the verb's own name, <c>--json</c> taken out.</param>
/// <param name="Input">Standard input, e.g. for <c>--password-stdin</c>.</param>
/// <param name="Out">The result: text for people, or JSON when <paramref name="Json"/> is set.</param>
/// <param name="Error">One clear line about what went wrong.</param>
/// <param name="Services">A scope of the composed application; background workers are not running.</param>
/// <param name="Json">Whether the caller asked for JSON.</param>
internal sealed record VerbContext(
    IReadOnlyList<string> Args,
    TextReader Input,
    TextWriter Out,
    TextWriter Error,
    IServiceProvider Services,
    bool Json);

/// <summary>Exit codes of the program; scripts rely on them.</summary>
internal static class VerbExit
{
    public const int Fine = 0;

    /// <summary>The verb ran, and what it checked is not as it should be, or what was asked for is refused or is not there.</summary>
    public const int CheckFailed = 1;

    /// <summary>Unknown verb or option, or a value that cannot be used.</summary>
    public const int WrongUse = 2;

    /// <summary>The application cannot be composed, or what the verb stands on fails it: configuration, master key or database.</summary>
    public const int CannotStart = 3;
}
