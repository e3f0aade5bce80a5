using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Matrix;

// How large an event is: in canonical JSON, where of all characters only quotes, backslashes and controls are escaped. .NET's own text of a
// node would count six bytes for each half of what lies beyond the first plane, as emoji do, which together take four.
public sealed partial class MatrixEmulator
{
    private static int Measure(JsonNode? node) => node switch
    {
        JsonObject members => 2 + Math.Max(0, members.Count - 1) + members.Sum(member => Measure(member.Key) + 1 + Measure(member.Value)),
        JsonArray items => 2 + Math.Max(0, items.Count - 1) + items.Sum(item => Measure(item)),
        JsonValue value when value.TryGetValue<string>(out var words) => Measure(words),
        null => 4,
        _ => node.ToJsonString().Length,
    };

    private static int Measure(string words) => 2 + Encoding.UTF8.GetByteCount(words) + words.Sum(c => c switch
    {
        '"' or '\\' or '\b' or '\f' or '\n' or '\r' or '\t' => 1,
        < ' ' => 5,
        _ => 0,
    });
}
