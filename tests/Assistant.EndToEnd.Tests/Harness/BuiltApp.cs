namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>The program under test: what was built together with these tests.</summary>
internal static class BuiltApp
{
    /// <summary>The program's assembly, where its pages' files are found too; <c>ASSISTANT_TEST_APP</c> names a published one.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("ASSISTANT_TEST_APP") is { Length: > 0 } named
        ? System.IO.Path.GetFullPath(named)
        : Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The checkout these tests were built from.</summary>
    public static string Root
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(System.IO.Path.Combine(root.FullName, "Assistant.sln")))
            {
                root = root.Parent;
            }

            return root?.FullName ?? ".";
        }
    }

    // …/tests/Assistant.EndToEnd.Tests/bin/<configuration>/<framework>
    private static string Find(DirectoryInfo tests)
    {
        var (framework, configuration) = (tests.Name, tests.Parent!.Name);
        var path = System.IO.Path.Combine(Root, "Assistant.Web", "bin", configuration, framework, "Assistant.Web.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The program was not built together with these tests.", path);
    }
}
