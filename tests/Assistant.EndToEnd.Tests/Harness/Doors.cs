using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>A page or an endpoint of the inventory.</summary>
/// <param name="Method">One; <c>*</c> when the endpoint does not say.</param>
internal sealed record WebDoor(string Method, string Path);

/// <summary>The program's own list of its ways in.</summary>
internal static partial class Doors
{
    /// <summary>Every page and endpoint, by method. Bundled files are left out.</summary>
    public static async Task<IReadOnlyList<WebDoor>> ReadAsync(TestInstallation house)
    {
        var (code, output) = await house.RunAsync(["permissions", "--json"]);
        Assert.True(code == 0, output);
        using var doors = JsonDocument.Parse(output);
        return [.. doors.RootElement.EnumerateArray().SelectMany(Read)];
    }

    /// <summary>The path with something in each place.</summary>
    public static string Fill(string path, string name = "desk") => Parameter().Replace(
        path, match => match.Groups["optional"].Success ? "" : match.Groups["kind"].Value == ":guid" ? Guid.Empty.ToString() : name).TrimEnd('/') is { Length: > 0 } filled
            ? filled
            : "/";

    private static IEnumerable<WebDoor> Read(JsonElement door)
    {
        var name = door.GetProperty("name").GetString()!;
        return (door.GetProperty("kind").GetString(), name.Split(' ', 2)) switch
        {
            ("page", _) => [new("GET", name)],
            ("endpoint", [_, ['/', ..] path] parts) => parts[0].Split('|').Select(method => new WebDoor(method, path)),
            _ => [],
        };
    }

    [GeneratedRegex(@"\{\*{0,2}\w+(?<kind>:\w+)?(?<optional>\?)?\}")]
    private static partial Regex Parameter();
}
