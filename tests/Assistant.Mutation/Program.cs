// Takes each tenant filter of the stores out, one at a time, and runs the stores' tests until one fails.
//   Assistant.Mutation list                      names the filters of the built program
//   Assistant.Mutation run [--with COMMAND] [--all] [--only WORD] [--by WORD]
// run tries what the list of killed filters lacks, or whose test is gone (--all: every one; --only: those whose name holds the word; --by: with the
// test classes whose name holds the word), and writes the list anew. COMMAND is put in front of each test process ("nice -n 15"). The tests have to be
// built before: see docs/testing.md.
using Assistant.Mutation;

if (args is ["serve"]) return await TestHost.ServeAsync();

var root = new DirectoryInfo(AppContext.BaseDirectory);
while (!File.Exists(Path.Combine(root.FullName, "Assistant.sln")))
{
    root = root.Parent ?? throw new InvalidOperationException("It runs from a checkout: no Assistant.sln was found above it.");
}

var options = new MutationOptions(
    Path.Combine(root.FullName, "tests/Assistant.Infrastructure.Tests/bin/Release/net10.0"),
    Path.Combine(root.FullName, "artifacts/mutation"),
    Path.Combine(root.FullName, "tests/Assistant.Mutation", KilledFilters.FileName),
    ValueOf("--with")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
    args.Contains("--all"),
    ValueOf("--only"),
    ValueOf("--by"));

switch (args)
{
    case ["list"]:
        foreach (var filter in TenantFilters.In(options.Assembly)) Console.WriteLine(filter);
        return 0;
    case ["run", ..]:
        using (var run = new MutationRun(options)) return await run.RunAsync();
    default:
        await Console.Error.WriteLineAsync("Usage: Assistant.Mutation list | run [--with COMMAND] [--all] [--only WORD] [--by WORD]");
        return 2;
}

string? ValueOf(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
