using System.Text.Encodings.Web;
using System.Text.Json;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary>The options of a verb, <c>--name value</c> or a bare <c>--flag</c>; each may be given once.</summary>
internal sealed class VerbOptions
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private VerbOptions() { }

    /// <summary>The one word that is no option, where <see cref="Parse"/> takes one.</summary>
    public string? Name { get; private set; }

    /// <summary>Reads everything after the verb's second word.</summary>
    /// <exception cref="VerbUseException">An option is not known, given twice, or lacks its value.</exception>
    public static VerbOptions Parse(
        IEnumerable<string> args, IReadOnlyCollection<string> valued, IReadOnlyCollection<string>? flags = null, bool takesName = false)
    {
        var options = new VerbOptions();
        using var arg = args.GetEnumerator();
        while (arg.MoveNext())
        {
            var name = arg.Current;
            if (takesName && options.Name is null && !name.StartsWith('-'))
            {
                options.Name = name;
                continue;
            }

            var isFlag = flags?.Contains(name) == true;
            if (!isFlag && !valued.Contains(name))
            {
                throw new VerbUseException($"There is no option '{name}' here.");
            }

            if (!isFlag && !arg.MoveNext())
            {
                throw new VerbUseException($"The option '{name}' needs a value.");
            }

            if (!options._values.TryAdd(name, arg.Current))
            {
                throw new VerbUseException($"The option '{name}' is given twice.");
            }
        }

        return options;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <exception cref="VerbUseException">The option is missing.</exception>
    public string Require(string name) => Find(name) ?? throw new VerbUseException($"The option '{name}' is missing.");

    /// <summary>The path of a file, or <see langword="null"/> when the option is not given.</summary>
    /// <exception cref="VerbUseException">It is blank.</exception>
    public string? FindFile(string name) => Find(name) is { } path ? CheckPath(path) : null;

    /// <exception cref="VerbUseException">The option is missing or blank.</exception>
    public string RequireFile(string name) => CheckPath(Require(name));

    /// <exception cref="VerbUseException">It is blank: a script's variable was not set.</exception>
    public static string CheckPath(string path) => string.IsNullOrWhiteSpace(path) ? throw new VerbUseException("The name of the file is blank.") : path;

    /// <summary>The tenant of <c>--tenant</c>, which must exist, or the default one.</summary>
    /// <exception cref="VerbUseException">There is no such tenant.</exception>
    public async Task<TenantId> TenantAsync(ITenantDirectory tenants, CancellationToken cancellationToken)
    {
        var name = Find("--tenant") ?? TenantId.Default.Value;
        var all = await tenants.ListAsync(cancellationToken);
        return all.FirstOrDefault(tenant => tenant.Id.Value == name)?.Id ?? throw new VerbUseException($"There is no tenant '{name}'.");
    }

    /// <summary>Who acts: somebody with access to the machine.</summary>
    /// <exception cref="VerbUseException">There is no such tenant.</exception>
    public async Task<Caller> CallerAsync(ITenantDirectory tenants, CancellationToken cancellationToken)
        => UserDesk.LocalCaller(await TenantAsync(tenants, cancellationToken));

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <summary>Runs one form of a verb; a wrong call is told with the verb's usage, a file that cannot be read or written by what the system says.</summary>
    public static async Task<int> RunAsync(IVerb verb, VerbContext context, Func<Task<int>> form)
    {
        try
        {
            return await form();
        }
        catch (VerbUseException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            await context.Error.WriteLineAsync(verb.Usage);
            return VerbExit.WrongUse;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await context.Error.WriteLineAsync(error.Message.ReplaceLineEndings(" "));
            return VerbExit.WrongUse;
        }
    }
}

/// <summary>The verb was called the wrong way.</summary>
internal sealed class VerbUseException(string message) : ArgumentException(message);
