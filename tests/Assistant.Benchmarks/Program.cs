using Assistant.Benchmarks.Ai;
using Assistant.Benchmarks.Audit;
using Assistant.Benchmarks.Conversations;
using Assistant.Benchmarks.Floor;
using Assistant.Benchmarks.Sealing;

// Each hot path beside its physical floor: one verb per benchmark, which prints figures and a ratio.
var benchmarks = new Dictionary<string, (string About, Func<string[], Task<int>> RunAsync)>(StringComparer.Ordinal)
{
    ["floor"] = ("the least durable gateway, driven by tests/bench/run.sh", FloorBenchmark.RunAsync),
    ["audit"] = ("appending to an audit chain beside SHA-256 and a raw insert [--events N] [--writers N]", AuditBenchmark.RunAsync),
    ["sealing"] = ("sealing and opening beside AES-256-GCM [--values N] [--bytes N]", SealingBenchmark.RunAsync),
    ["turn"] = ("what a turn reads before an engine is asked [--turns N] [--messages N]", TurnBenchmark.RunAsync),
    ["engine"] = ("a reply of an engine beside a bare HttpClient [--url U] [--calls N] [--concurrency N]", EngineBenchmark.RunAsync),
};

if (args is [var name, .. var rest] && benchmarks.TryGetValue(name, out var benchmark)) return await benchmark.RunAsync(rest);

Console.Error.WriteLine("Usage: Assistant.Benchmarks <verb> [arguments]");
foreach (var (verb, (about, _)) in benchmarks) Console.Error.WriteLine($"  {verb,-10} {about}");
return 2;
