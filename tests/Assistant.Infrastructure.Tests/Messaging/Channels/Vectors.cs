using System.Text.Json.Nodes;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels;

/// <summary>Test vectors and recorded payloads that lie beside the repository. A test that needs them is skipped where they are absent.</summary>
internal static class Vectors
{
    /// <summary>Every vector of a file such as <c>slack-signature.json</c>, with its id, input and what it must give.</summary>
    public static IReadOnlyList<(string Id, JsonNode Input, JsonNode Expect)> Of(string file)
        => [.. Whole(file)["vectors"]!.AsArray().Select(vector => ((string)vector!["id"]!, vector["input"]!, vector["expect"]!))];

    /// <summary>The whole of such a file: some say beside the vectors what all of them share, such as keys.</summary>
    public static JsonNode Whole(string file)
    {
        var path = SharedFolder.Find($"vectors/{file}");
        Assert.SkipWhen(path is null, "The test vectors are not beside this repository.");
        return JsonNode.Parse(File.ReadAllText(path))!;
    }

    /// <summary>Every recorded payload of a channel, with the name of its file.</summary>
    public static IReadOnlyList<(string Name, JsonNode Payload)> PayloadsOf(string channel)
    {
        var folder = SharedFolder.Find($"payloads/{channel}");
        Assert.SkipWhen(folder is null, "The recorded payloads are not beside this repository.");
        return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => (Path.GetFileNameWithoutExtension(path), JsonNode.Parse(File.ReadAllText(path))!))];
    }
}
