using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Assistant.Architecture.Tests;

/// <summary>Who may know whom: dependencies that cannot be added by accident need no policing.</summary>
public sealed partial class DependencyTests
{
    private static readonly string[] FrameworkWords =
        ["DbContext", "Microsoft.EntityFrameworkCore", "Hangfire", "Orleans", "Npgsql", "Microsoft.Data.Sqlite", "Telegram.Bot", "OpenAI.", "Anthropic.", "YamlDotNet"];

    [Fact]
    public void The_domain_is_built_on_the_base_library_and_logging_abstractions_alone()
    {
        var references = Assembly.Load("Assistant.Domain").GetReferencedAssemblies().Select(name => name.Name!);
        Repository.AssertNone(ForeignToDomain(references), "Assistant.Domain must not know:");

        var packages = XDocument.Parse(Repository.Read("Assistant.Domain/Assistant.Domain.csproj")).Descendants()
            .Where(item => item.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference").Select(item => (string?)item.Attribute("Include"));
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], packages);
    }

    [Fact]
    public void A_framework_in_the_domain_is_seen() =>
        Assert.Equal(["Microsoft.EntityFrameworkCore"], ForeignToDomain(["System.Runtime", "System.Private.CoreLib", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.EntityFrameworkCore"]));

    [Fact]
    public void The_infrastructure_does_not_know_the_web() =>
        Assert.DoesNotContain("Assistant.Web", Assembly.Load("Assistant.Infrastructure").GetReferencedAssemblies().Select(name => name.Name));

    [Fact]
    public void A_channel_knows_no_other_channel_and_no_web_framework() =>
        Repository.AssertNone(ChannelTrespasses(Repository.Code), "A channel folder depends on the Domain and its own SDK only:");

    [Fact]
    public void A_channel_that_names_another_is_seen()
    {
        SourceFile[] files =
        [
            new("Assistant.Infrastructure/Messaging/Channels/Slack/SlackChannel.cs", "using Assistant.Infrastructure.Messaging.Channels.Telegram;"),
            new("Assistant.Infrastructure/Messaging/Channels/Slack/SlackWebhook.cs", "using Microsoft.AspNetCore.Http;"),
            new("Assistant.Infrastructure/Messaging/Channels/Telegram/TelegramChannel.cs", "namespace Assistant.Infrastructure.Messaging.Channels.Telegram;"),
            new("Assistant.Infrastructure/Messaging/Channels/ChannelServices.cs", "Channels.Telegram and Channels.Slack"),
        ];

        Assert.Equal(2, ChannelTrespasses(files).Count());
    }

    [Fact]
    public void The_verifier_stands_alone() => Assert.DoesNotContain(
        "Reference", Repository.Read("tools/Assistant.Verifier/Assistant.Verifier.csproj"), StringComparison.Ordinal);

    [Fact]
    public void Pages_know_no_storage_and_no_vendor() =>
        Repository.AssertNone(VendorsInPages(Repository.Files), "A page reads through queries and page models of the Domain:");

    [Fact]
    public void A_page_with_a_database_context_is_seen() =>
        Assert.Single(VendorsInPages([new("Assistant.Web/Components/Pages/Audit/Audit.razor", "@inject AssistantDbContext Db"), new("Assistant.Web/Components/Pages/A.razor", "<p>fine</p>")]));

    [Fact]
    public void The_web_meets_the_infrastructure_only_where_it_is_composed() =>
        Repository.AssertNone(
            InfrastructureInWeb(Repository.Files), "Assistant.Infrastructure may be named in Program.cs, Composition/ and Components/Account/ only:");

    [Fact]
    public void An_endpoint_that_reaches_into_the_infrastructure_is_seen() =>
        Assert.Single(InfrastructureInWeb(
        [
            new("Assistant.Web/Endpoints/Api.cs", "using Assistant.Infrastructure.Persistence;"),
            new("Assistant.Web/Program.cs", "using Assistant.Infrastructure;"),
            new("Assistant.Web/Composition/AssistantServices.cs", "using Assistant.Infrastructure;"),
        ]));

    private static IEnumerable<string> ForeignToDomain(IEnumerable<string> references) =>
        references.Where(name => name is not ("netstandard" or "mscorlib" or "Microsoft.Extensions.Logging.Abstractions")
            && name != "System" && !name.StartsWith("System.", StringComparison.Ordinal));

    private static IEnumerable<string> ChannelTrespasses(IReadOnlyList<SourceFile> files)
    {
        var channels = files.Where(file => Channels.FolderOf(file) is not null).ToList();
        var names = channels.Select(file => Channels.FolderOf(file)!).Distinct().ToList();
        foreach (var file in channels)
        {
            var own = Channels.FolderOf(file);
            foreach (var other in names.Where(name => name != own && Regex.IsMatch(file.Text, $@"\bChannels\.{name}\b")))
            {
                yield return $"{file.Path} names the channel {other}";
            }

            if (WebFramework().IsMatch(file.Text)) yield return $"{file.Path} uses ASP.NET Core";
        }
    }

    private static IEnumerable<string> VendorsInPages(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsIn("Assistant.Web/Components/Pages") && file.Has(".cs", ".razor")
        from word in FrameworkWords
        where file.Text.Contains(word, StringComparison.Ordinal)
        select $"{file.Path} names {word.TrimEnd('.')}";

    private static IEnumerable<string> InfrastructureInWeb(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsIn("Assistant.Web") && file.Has(".cs", ".razor")
        where file.Path != "Assistant.Web/Program.cs" && !file.IsIn("Assistant.Web/Composition") && !file.IsIn("Assistant.Web/Components/Account")
        where Infrastructure().IsMatch(file.Text)
        select file.Path;

    // Data protection is cryptography that only bears the name.
    [GeneratedRegex(@"\bMicrosoft\.AspNetCore\.(?!DataProtection\b)")]
    private static partial Regex WebFramework();

    [GeneratedRegex(@"\bAssistant\.Infrastructure\b")]
    private static partial Regex Infrastructure();
}
