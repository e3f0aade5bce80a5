using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>One channel, one folder, and two lines outside it: the registration and the row in the README's table.</summary>
public sealed class ChannelTests
{
    /// <summary>No messenger: the tests and benchmarks that talk to it register it themselves.</summary>
    private const string InProcess = "Loopback";

    [Fact]
    public void Every_channel_is_explained_registered_and_listed() =>
        Repository.AssertNone(Incomplete(Repository.Files), "A channel needs its README, its registration and its row in both READMEs:");

    [Fact]
    public void An_incomplete_channel_is_seen()
    {
        SourceFile[] files =
        [
            new("README.md", "| [Telegram](Assistant.Infrastructure/Messaging/Channels/Telegram/README.md) |"),
            new("README.zh-CN.md", ""),
            new("Assistant.Web/Program.cs", "channels.AddTelegram();"),
            new(Channels.Folder + "/Telegram/README.md", "# Telegram"),
            new(Channels.Folder + "/Telegram/TelegramChannel.cs", "internal sealed class TelegramChannel : IChannel"),
            new(Channels.Folder + "/Slack/SlackChannel.cs", "internal sealed class SlackChannel : IChannel"),
        ];

        Assert.Equal(
            ["Telegram is missing from README.zh-CN.md", "Slack has no README.md", "Slack is not registered: no line calls AddSlack()", "Slack is missing from README.md", "Slack is missing from README.zh-CN.md"],
            Incomplete(files));
    }

    [Fact]
    public void What_a_channel_says_of_its_readers_is_in_the_security_document() => Repository.AssertNone(
        Unsaid(Repository.Files, Repository.Read("docs/security.md")), "docs/security.md, who can read what is said, lacks:");

    [Fact]
    public void A_claim_that_is_not_in_the_document_is_seen()
    {
        SourceFile[] files =
        [
            new(Channels.Folder + "/Slack/SlackChannel.cs", "Readers = new(\"Slack reads \"\n + \"everything.\", \"…\")"),
            new(Channels.Folder + "/Irc/IrcChannel.cs", "Readers = new(\"The network reads everything.\", \"…\")"),
        ];

        Assert.Equal(["SlackChannel.cs: Slack reads everything."], Unsaid(files, "| IRC | The network reads everything. |"));
    }

    [Fact]
    public void Every_session_calls_over_sockets_of_its_own()
    {
        var opened = Repository.Files.Where(file => Channels.FolderOf(file) is not null && file.Text.Contains("http.Of(connection.Id)", StringComparison.Ordinal)).ToList();

        Assert.True(opened.Count > 15, $"Only {opened.Count} channels are seen.");
        Repository.AssertNone(Sharing(Repository.Files), "A session is given http.Of(connection.Id): over shared sockets a connection that hangs stops the others on its server. Shared are:");
    }

    [Fact]
    public void A_session_on_shared_sockets_is_seen()
    {
        SourceFile[] files =
        [
            new(Channels.Folder + "/Slack/SlackChannel.cs", "Open(Connection connection) => new SlackSession(connection, options.For(connection), http, time);"),
            new(Channels.Folder + "/Qq/QqChannel.cs", "Open(Connection connection) => new QqSession(connection, http.Of(connection.Id), time);\nnew QqCheck(http, time)"),
        ];

        Assert.Equal(["SlackChannel.cs"], Sharing(files));
    }

    private static IEnumerable<string> Sharing(IEnumerable<SourceFile> files) =>
        from file in files
        where Channels.FolderOf(file) is not null && Regex.IsMatch(file.Text, @"\bnew \w+Session\((?:[^()]|\([^()]*\))*\bhttp[,)]")
        select file.Name;

    private static IEnumerable<string> Unsaid(IEnumerable<SourceFile> files, string document) =>
        from file in files
        where Channels.FolderOf(file) is not null && file.Has(".cs")
        from Match claim in Regex.Matches(file.Text, @"\bReaders = new\(((?:\s*\+?\s*""[^""]*"")+)")
        let text = string.Concat(Regex.Matches(claim.Groups[1].Value, @"""([^""]*)""").Select(part => part.Groups[1].Value))
        where !document.Contains(text, StringComparison.Ordinal)
        select $"{file.Name}: {text}";

    private static IEnumerable<string> Incomplete(IReadOnlyList<SourceFile> files)
    {
        var composition = files.Where(file => file.IsIn("Assistant.Web") && file.Has(".cs")).ToList();
        var readmes = files.Where(file => file.Path is "README.md" or "README.zh-CN.md").ToList();
        var channels = files
            .Where(file => Channels.FolderOf(file) is not null && Regex.IsMatch(file.Text, @"\bclass\s+\w+Channel\b[^{;]*:\s*[^{;]*\bIChannel\b"))
            .Select(file => Channels.FolderOf(file)!).Distinct();
        foreach (var channel in channels)
        {
            if (!files.Any(file => file.Path == $"{Channels.Folder}/{channel}/README.md")) yield return $"{channel} has no README.md";
            if (channel != InProcess && !composition.Any(file => file.Text.Contains($".Add{channel}(", StringComparison.Ordinal)))
            {
                yield return $"{channel} is not registered: no line calls Add{channel}()";
            }

            foreach (var readme in readmes.Where(readme => !readme.Text.Contains($"({Channels.Folder}/{channel}/README.md)", StringComparison.Ordinal)))
            {
                yield return $"{channel} is missing from {readme.Path}";
            }
        }
    }
}
