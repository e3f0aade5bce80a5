using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>What shows no language, said by somebody whose messenger names none.</summary>
public sealed class PersonLanguageTests
{
    [Theory]
    [InlineData("", "我收到了，不过我只能读文字。")]
    [InlineData("😂", "这个我不知道")]
    [InlineData("WiFi", "这个我不知道")]
    [InlineData("88", "再见")]
    [InlineData("/help", "我可以这样帮您：")]
    [InlineData("/start", "您好，Mira！")]
    public void It_is_answered_in_the_language_they_wrote_last(string words, string start)
        => Assert.StartsWith(start, EmbeddedResponder.Answer(Saying(words)
            .WithHistory(AuthorKind.Person, "hello").WithHistory(AuthorKind.Assistant, "Hello!")
            .WithHistory(AuthorKind.Person, "请记住 my car is on B2").WithHistory(AuthorKind.Assistant, "Noted.")
            .WithHistory(AuthorKind.Person, "B2").WithHistory(AuthorKind.Assistant, "Noted.").Build()).Markdown, StringComparison.Ordinal);

    [Theory]
    [InlineData("/help", "en", "This is what I can do:")]
    [InlineData("/help", "de", "This is what I can do:")]
    [InlineData("/help", "", "我可以这样帮您：")]
    [InlineData("my car is on level 2", null, "I don't know")]
    public void What_shows_one_or_the_messenger_that_names_one_comes_first(string words, string? locale, string start)
        => Assert.StartsWith(
            start, EmbeddedResponder.Answer(Saying(words).By("Mira", locale).WithHistory(AuthorKind.Person, "车停在B2层").Build()).Markdown, StringComparison.Ordinal);

    [Fact]
    public void What_others_of_a_group_write_is_not_their_language()
    {
        Assert.StartsWith(
            "This is what I can do:", EmbeddedResponder.Answer(Saying("/help").InGroup().WithHistoryOf("李雷", "车停在B2层").Build()).Markdown, StringComparison.Ordinal);
        Assert.StartsWith(
            "我可以这样帮您：",
            EmbeddedResponder.Answer(Saying("/help").InGroup().WithHistory(AuthorKind.Person, "车停在B2层").WithHistoryOf("Bob", "nice").Build()).Markdown,
            StringComparison.Ordinal);
    }
}
