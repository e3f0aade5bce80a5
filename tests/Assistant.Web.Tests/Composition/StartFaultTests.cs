using System.Data.Common;
using Assistant.Infrastructure.Persistence;
using Assistant.Web.Composition;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Web.Tests.Composition;

public sealed class StartFaultTests
{
    [Theory]
    [InlineData(null, "its disk has room")]
    [InlineData("53100", "its disk has room")]
    [InlineData("25006", "no standby")]
    [InlineData("53300", "max_connections")]
    [InlineData("57P03", "Wait until it runs")]
    public async Task What_the_database_refuses_is_told_with_what_helps_against_it(string? sqlState, string advice)
    {
        await using var told = new StringWriter();

        Assert.Equal(VerbExit.CannotStart, await StartFault.ReportAsync(new InvalidOperationException("Saving failed.", new RefusedException(sqlState)), told));

        Assert.StartsWith("Cannot start: The database refuses: No. ", told.ToString(), StringComparison.Ordinal);
        Assert.Contains(advice, told.ToString(), StringComparison.Ordinal);
        Assert.Equal(advice == "its disk has room", told.ToString().Contains("disk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_another_account_is_told_with_the_command_that_gives_it_to_this_one()
    {
        await using var told = new StringWriter();
        var denied = new InvalidOperationException("Keys cannot be read.", new UnauthorizedAccessException("Access to the path '/data/session-keys' is denied."));

        Assert.Equal(VerbExit.CannotStart, await StartFault.ReportAsync(denied, told));

        var line = Assert.Single(told.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Cannot start: Access to the path '/data/session-keys' is denied. It belongs to another account", line, StringComparison.Ordinal);
        Assert.Contains("chown -R", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_is_named_once()
    {
        await using var told = new StringWriter();
        var options = new ServiceCollection();
        options.AddOptions<DatabaseOptions>().Configure(wrong => (wrong.Provider, wrong.Readers) = ("mysql", 0)).ValidateDataAnnotations();
        var refusal = Assert.Throws<OptionsValidationException>(() => options.BuildServiceProvider().GetRequiredService<IOptions<DatabaseOptions>>().Value);

        await StartFault.ReportAsync(refusal, told);

        var lines = told.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("Cannot start: Assistant:Database:Provider must be 'sqlite' or 'postgres'. Correct the setting.", lines);
        Assert.Contains(lines, line => line.StartsWith("Cannot start: Assistant:Database:Readers: ", StringComparison.Ordinal));
    }

    private sealed class RefusedException(string? sqlState) : DbException("No.")
    {
        public override string? SqlState => sqlState;
    }
}
