using System.Text.RegularExpressions;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Resolves <c>${env:NAME}</c> and <c>${file:PATH}</c> in a value; <c>$${</c> stands for a literal <c>${</c>.</summary>
/// <remarks>Relative paths start at the folder of <c>assistant.yaml</c>. One line end at the end of a file is not part of the secret.</remarks>
internal sealed partial class References(string folder, Func<string, string?> environment)
{
    private readonly List<string> _files = [];
    private readonly List<string> _stamps = [];

    /// <summary>Files referenced so far, absolute.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>What each of <see cref="Files"/> was stamped before it was read.</summary>
    public IReadOnlyList<string> Stamps => _stamps;

    /// <returns>The value, or <see langword="null"/> with what is wrong.</returns>
    public (string? Value, string? Problem) Resolve(string text)
    {
        string? problem = null;
        var value = Reference().Replace(text, match =>
        {
            if (match.Value == "$${")
            {
                return "${";
            }

            var (found, wrong) = (match.Groups["kind"].Value, match.Groups["name"].Value) switch
            {
                ("env", var name) when name.Length > 0 => environment(name) is { } variable
                    ? (variable, null)
                    : ((string?)null, $"The environment variable '{name}' is not set."),
                ("file", var path) when path.Length > 0 => ReadFile(path),
                _ => (null, $"'{match.Value}' is not a reference. Use ${{env:NAME}} or ${{file:PATH}}."),
            };
            problem ??= wrong;
            return found ?? "";
        });
        return problem is null ? (value, null) : (null, problem);
    }

    private (string?, string?) ReadFile(string path)
    {
        var full = Path.GetFullPath(path, folder);
        _files.Add(full);
        _stamps.Add(ProvisioningFile.StampOf(full));
        try
        {
            var text = File.ReadAllText(full);
            return (text.EndsWith('\n') ? text.TrimEnd('\n').TrimEnd('\r') : text, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file '{path}' cannot be read: {error.Message}");
        }
    }

    [GeneratedRegex(@"\$\$\{|\$\{(?:(?<kind>[a-z]+):)?(?<name>[^}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
