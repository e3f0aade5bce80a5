using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Looks at the shape of a file event by event, before anything is built of it.</summary>
/// <remarks>
/// The loader calls itself once per level and hashes what is a key: a file nested deep enough, or a list that is a key within itself, would
/// overflow the stack, which no process survives.
/// </remarks>
internal static class YamlShape
{
    private const int MaxDepth = 50;

    private enum Place { Entry, Key, Value }

    /// <returns><see langword="false"/> when the file must not be loaded; why is among the problems.</returns>
    /// <exception cref="YamlException">This is not YAML.</exception>
    public static bool IsLoadable(string text, YamlProblems problems)
    {
        var parser = new Parser(new StringReader(text));
        var places = new Stack<Place>([Place.Entry]); // where the next node stands in each collection that is open, the file being the first
        while (parser.MoveNext())
        {
            var read = parser.Current!;
            if (read is MappingEnd or SequenceEnd)
            {
                places.Pop();
            }
            else if (read is NodeEvent or AnchorAlias && Enter(read, places) is { } problem)
            {
                problems.Add(read.Start, problem);
                return false;
            }
        }

        return true;
    }

    private static string? Enter(ParsingEvent node, Stack<Place> places)
    {
        var place = places.Pop();
        places.Push(place switch { Place.Key => Place.Value, Place.Value => Place.Key, _ => place });
        if (place == Place.Key && node is not Scalar)
        {
            return "A key must be a text.";
        }

        if (node is not (MappingStart or SequenceStart))
        {
            return null;
        }

        if (places.Count > MaxDepth)
        {
            return $"The file must not be nested deeper than {MaxDepth} levels.";
        }

        places.Push(node is MappingStart ? Place.Key : Place.Entry);
        return null;
    }
}
