using System.Data.Common;
using System.Net;
using Assistant.Infrastructure.Persistence;
using Assistant.Web.Composition;
using Assistant.Web.Verbs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    [Theory]
    [InlineData("Unable to configure HTTPS endpoint. No server certificate was specified, and …", "use http:// and put a proxy in front that ends TLS")]
    [InlineData("Unrecognized scheme in server address 'ftp://x'.", "'ftp://x'. Correct ASPNETCORE_URLS")]
    public Task An_address_the_server_cannot_take_is_no_fault_of_the_program(string message, string advice)
        => AssertToldAsync(new InvalidOperationException(message) { Source = "Microsoft.AspNetCore.Server.Kestrel.Core" }, advice);

    [Fact]
    public Task Nor_is_a_port_that_there_is_not() => AssertToldAsync(
        Assert.ThrowsAny<Exception>(() => new IPEndPoint(IPAddress.Loopback, 99_999)), "An address in ASPNETCORE_URLS has no port between 1 and 65535.");

    [Fact]
    public async Task Nor_is_a_level_of_the_log_that_there_is_not()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("LogLevel:Default", "Debugg")]).Build();
        await using var services = new ServiceCollection().AddLogging(logging => logging.AddConfiguration(settings)).BuildServiceProvider();

        await AssertToldAsync(Assert.ThrowsAny<Exception>(() => services.GetRequiredService<ILoggerFactory>()), "Logging:LogLevel is 'Debugg': use Trace, Debug, ");
    }

    [Fact]
    public async Task Nor_is_a_file_of_settings_that_is_broken()
    {
        var folder = Directory.CreateTempSubdirectory("settings-");
        var path = Path.Combine(folder.FullName, "appsettings.json");
        await File.WriteAllTextAsync(path, "{ 'a': 1 }", TestContext.Current.CancellationToken);
        var error = Assert.ThrowsAny<Exception>(() => new ConfigurationBuilder().AddJsonFile(path).Build());
        folder.Delete(recursive: true);

        await AssertToldAsync(error, $"'{path}'.", "LineNumber: 0", "Correct the file.");
    }

    private static async Task AssertToldAsync(Exception error, params string[] says)
    {
        await using var told = new StringWriter();

        Assert.Equal(VerbExit.CannotStart, await StartFault.ReportAsync(error, told));

        Assert.All(says, part => Assert.Contains(part, told.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("fault of the program", told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told.ToString(), StringComparison.Ordinal);
    }

    private sealed class RefusedException(string? sqlState) : DbException("No.")
    {
        public override string? SqlState => sqlState;
    }
}
