using System.Text.Json;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Every way in states what it asks of who comes in, and the document that says so is the program's own.</summary>
public sealed class InventoryTests
{
    private static readonly string Document = Path.Combine(BuiltApp.Root, "docs", "permissions.md");

    [Fact]
    public async Task The_document_is_what_the_program_says()
    {
        await using var house = await TestInstallation.CreateAsync();

        var (code, output) = await house.RunAsync(["permissions", "--markdown"]);

        Assert.True(code == 0, output);
        if (Environment.GetEnvironmentVariable("ASSISTANT_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Document, output.TrimEnd() + '\n', TestContext.Current.CancellationToken);
        }

        var written = await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken);
        Assert.Equal(written.TrimEnd(), output.TrimEnd());
    }

    [Fact]
    public async Task Every_way_in_states_what_it_asks()
    {
        await using var house = await TestInstallation.CreateAsync();

        var (code, output) = await house.RunAsync(["permissions", "--json"]);

        using var doors = JsonDocument.Parse(output);
        Assert.All(doors.RootElement.EnumerateArray(), door => Assert.False(string.IsNullOrEmpty(door.GetProperty("words").GetString()), door.GetRawText()));
        Assert.Equal(0, code);
        var kinds = doors.RootElement.EnumerateArray().CountBy(door => door.GetProperty("kind").GetString()!).ToDictionary();
        // Fewer would mean that a kind is not looked at any more.
        Assert.True(kinds["page"] >= 15, output);
        Assert.True(kinds["endpoint"] >= 60, output);
        Assert.True(kinds["hubMethod"] >= 7, output);
        Assert.True(kinds["verb"] >= 7, output);
        Assert.True(kinds["worker"] >= 6, output);
    }
}
