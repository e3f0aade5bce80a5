using YamlDotNet.Serialization;

namespace Assistant.Architecture.Tests;

/// <summary>The image and the compose file, checked without a container engine.</summary>
public sealed class PackagingTests
{
    [Fact]
    public void The_image_runs_unprivileged_with_its_data_in_a_volume() => Repository.AssertNone(Faults(Repository.Read("Dockerfile")), "Dockerfile:");

    [Fact]
    public void A_careless_image_is_seen() => Assert.Equal(
        ["runs as root", "has no HEALTHCHECK", "does not keep /data in a volume", "builds and runs in one stage", "uses a base image without a version: node", "copies the missing file gone.sh"],
        Faults("FROM node\nCOPY gone.sh /\nENTRYPOINT [\"/assistant\"]"));

    [Fact]
    public void The_image_is_built_with_the_major_version_of_the_sdk_the_repository_asks_for()
    {
        var images = Instructions(Repository.Read("Dockerfile")).Where(line => line.Verb == "FROM").Select(line => line.Tail).ToList();
        Assert.Contains(images, image => image.Contains("dotnet/sdk:10.", StringComparison.Ordinal));
        Assert.Contains(images, image => image.Contains("dotnet/aspnet:10.", StringComparison.Ordinal));
        Assert.Contains("\"version\": \"10.", Repository.Read("global.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_profile_is_one_service_with_its_data_in_a_named_volume()
    {
        var compose = Compose();
        var service = Map(Map(compose["services"])["assistant"]);

        Assert.False(service.ContainsKey("profiles"), "The embedded service starts without naming a profile.");
        Assert.Contains(List(service["ports"]), port => port.EndsWith(":8080", StringComparison.Ordinal));
        Assert.Contains(List(service["volumes"]), volume => volume.EndsWith(":/data", StringComparison.Ordinal));
        Assert.Equal(["assistant"], Map(compose["services"]).Where(pair => !Map(pair.Value).ContainsKey("profiles")).Select(pair => pair.Key));
    }

    [Fact]
    public void The_server_profile_brings_a_database_with_a_pinned_version_and_waits_for_it()
    {
        var services = Map(Compose()["services"]);
        var server = services.Where(pair => Map(pair.Value).TryGetValue("profiles", out var profiles) && List(profiles).Contains("server")).ToDictionary(pair => pair.Key, pair => Map(pair.Value));
        var database = Assert.Single(server, pair => Text(pair.Value, "image").StartsWith("apache/age:", StringComparison.Ordinal));
        var app = Assert.Single(server, pair => pair.Value.ContainsKey("build"));

        Assert.Matches(@"^apache/age:\S*PG17\S*$", Text(database.Value, "image"));
        Assert.True(database.Value.ContainsKey("healthcheck"));
        Assert.Contains(database.Key, Map(app.Value["depends_on"]).Keys);
        var environment = Map(app.Value["environment"]);
        Assert.Equal("postgres", environment["Assistant__Database__Provider"]);
        Assert.Contains($"Host={database.Key}", (string)environment["Assistant__Database__ConnectionString"], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_volume_a_service_uses_is_declared()
    {
        var compose = Compose();
        var declared = Map(compose["volumes"]).Keys;
        var used = Map(compose["services"]).Values.Select(Map).Where(service => service.ContainsKey("volumes"))
            .SelectMany(service => List(service["volumes"])).Select(volume => volume.Split(':')[0]).Where(name => !name.StartsWith('.') && !name.StartsWith('/'));

        Assert.Empty(used.Except(declared));
    }

    [Fact]
    public void What_is_built_or_secret_stays_out_of_the_build_context()
    {
        var ignored = Repository.Read(".dockerignore").Split('\n', StringSplitOptions.TrimEntries);
        string[] expected = ["**/bin", "**/obj", "**/node_modules", ".git", "data"];
        Assert.All(expected, entry => Assert.Contains(entry, ignored));
    }

    private static IEnumerable<string> Faults(string dockerfile)
    {
        var lines = Instructions(dockerfile).ToList();
        var stages = lines.Where(line => line.Verb == "FROM").Select(line => line.Tail).ToList();
        var last = lines.Skip(lines.FindLastIndex(line => line.Verb == "FROM")).ToList();
        if (last.LastOrDefault(line => line.Verb == "USER").Tail is null or "root" or "0") yield return "runs as root";
        if (!last.Any(line => line.Verb == "HEALTHCHECK")) yield return "has no HEALTHCHECK";
        if (!last.Any(line => line.Verb == "VOLUME" && line.Tail.Contains("/data", StringComparison.Ordinal))) yield return "does not keep /data in a volume";
        if (!last.Any(line => line.Verb == "ENTRYPOINT" && line.Tail.StartsWith('['))) yield return "has no ENTRYPOINT that receives signals";
        if (stages.Count < 2) yield return "builds and runs in one stage";
        var names = stages.Select(stage => stage.Split(" AS ")).Where(parts => parts.Length == 2).Select(parts => parts[1].Trim()).ToList();
        foreach (var image in stages.Select(stage => stage.Split(' ')[0]).Where(image => !names.Contains(image) && !image.Contains(':', StringComparison.Ordinal)))
        {
            yield return $"uses a base image without a version: {image}";
        }

        foreach (var source in lines.Where(line => line.Verb == "COPY" && !line.Tail.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Tail.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith("--", StringComparison.Ordinal)).SkipLast(1)))
        {
            if (!Path.Exists(Path.Combine(Repository.Root, source))) yield return $"copies the missing file {source}";
        }
    }

    private static IEnumerable<(string Verb, string Tail)> Instructions(string dockerfile) =>
        from line in dockerfile.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        where !line.StartsWith('#')
        let space = line.IndexOf(' ', StringComparison.Ordinal)
        where space > 0
        select (line[..space].ToUpperInvariant(), line[(space + 1)..].Trim());

    private static Dictionary<string, object> Compose() => Map(new DeserializerBuilder().Build().Deserialize<object>(Repository.Read("docker-compose.yml"))!);

    private static Dictionary<string, object> Map(object? node) => node switch
    {
        null => [],
        IDictionary<object, object> map => map.ToDictionary(pair => (string)pair.Key, pair => pair.Value),
        _ => throw new InvalidOperationException($"'{node}' should be a mapping."),
    };

    private static List<string> List(object node) => [.. ((IEnumerable<object>)node).Cast<string>()];

    private static string Text(Dictionary<string, object> map, string key) => map.TryGetValue(key, out var value) ? (string)value : "";
}
