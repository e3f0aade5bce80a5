using System.Globalization;

namespace Assistant.Testing.Messaging;

/// <summary>Inputs nobody would send: good ones, broken. The same seeds give the same inputs.</summary>
/// <remarks>
/// A run in CI is short; <c>ASSISTANT_FUZZ</c> names another number of inputs for each parser. Kinds of harm: a bit, a byte, a stretch cut out,
/// doubled or moved, two inputs put together, numbers made huge, structure characters put in.
/// </remarks>
public static class MutatedBytes
{
    private const int Default = 2_000;
    private static readonly byte[][] Tokens =
    [
        .. new[] { "{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "null", "-1", "1e999", "99999999999999999999", "<", "</", "&", "]]>", "\r\n", "\0", "=", ":", "%", "\u202E", "👨‍👩‍👧" }
            .Select(System.Text.Encoding.UTF8.GetBytes), [0xC3], [0xFF, 0xFE], [0xED, 0xA0, 0x80],
    ];

    /// <summary>How many inputs a test tries.</summary>
    public static int Count => int.TryParse(Environment.GetEnvironmentVariable("ASSISTANT_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : Default;

    /// <summary>Broken forms of the seeds, each with the number that made it.</summary>
    public static IEnumerable<(int Seed, byte[] Input)> Of(params IReadOnlyList<byte[]> seeds)
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var random = new Random(seed);
            var input = seeds[random.Next(seeds.Count)].ToList();
            for (var harm = random.Next(1, 5); harm > 0; harm--)
            {
                Harm(input, seeds, random);
            }

            yield return (seed, [.. input]);
        }
    }

    private static void Harm(List<byte> input, IReadOnlyList<byte[]> seeds, Random random)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(1, 40), input.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                var moved = input.GetRange(at, length);
                input.RemoveRange(at, length);
                input.InsertRange(random.Next(input.Count + 1), moved);
                break;
            case 5:
                var other = seeds[random.Next(seeds.Count)];
                input.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray());
                break;
            case 6:
                input.RemoveRange(at, input.Count - at);
                break;
            default:
                input.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
        }
    }
}
