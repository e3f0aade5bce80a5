using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>What is not to be remembered, and what is to be removed: neither is claimed to be done when it is not.</summary>
public sealed class NotRememberingTests
{
    [Theory]
    [InlineData("don't remember that", "remember that my pin is 4321", "my pin is 4321", "What you told me just before stays noted")]
    [InlineData("不用记了", "记住我的密码是8899", "我的密码是8899", "您刚才告诉我的内容仍然记着")]
    public void What_was_noted_just_before_stays_so(string words, string told, string fact, string start)
        => Assert.StartsWith(
            start, EmbeddedResponder.Answer(Saying(words).WithFactOf(told, fact).WithHistory(AuthorKind.Assistant, "Noted.").Build()).Markdown, StringComparison.Ordinal);

    [Theory]
    [InlineData("don't remember that", "All right, I will not note it down.")]
    [InlineData("不用记了", "好的，我不会专门记下来。")]
    public void What_was_only_said_is_not_noted(string words, string start)
    {
        Assert.StartsWith(start, EmbeddedResponder.Answer(Saying(words).WithHistory(AuthorKind.Person, "my pin is 4321").Build()).Markdown, StringComparison.Ordinal);
        Assert.StartsWith(
            start,
            EmbeddedResponder.Answer(Saying(words).WithFactOf("remember that I like tea", "I like tea").WithHistory(AuthorKind.Person, "my pin is 4321").Build()).Markdown,
            StringComparison.Ordinal);
    }
}
