using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Assistant.Testing.Ai;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>"If you tell me, I will remember it." and "What should I remember?" are promises.</summary>
public sealed class KeptPromiseTests
{
    [Theory]
    [InlineData("when is dad's birthday?", "July 9")]
    [InlineData("where are the spare keys?", "in the drawer next to the fridge")]
    [InlineData("how old is Leo?", "7")]
    [InlineData("爸爸生日是几号？", "七月九号")]
    [InlineData("车牌号是多少？", "京A12345")]
    [InlineData("what does 钥匙 open?", "给我妈开门用的")]
    public void What_is_told_after_nothing_was_found_is_remembered_with_the_question(string question, string told)
        => Assert.Equal(new SpokenRequest.Remember($"{question}\n{told}"), UtteranceReader.Read(After(question, told).Build()).Request);

    [Fact]
    public void What_was_told_so_answers_the_question_from_then_on()
    {
        const string Question = "when is dad's birthday?";

        Assert.Equal("Noted. I will remember:\n\n> when is dad's birthday?\n> July 9", EmbeddedResponder.Answer(After(Question, "July 9").Build()).Markdown);
        Assert.Equal(
            "On 3 May 2026 you said:\n\n> when is dad's birthday?\n> July 9",
            EmbeddedResponder.Answer(Saying(Question).WithFact($"{Question}\nJuly 9").Build()).Markdown);
    }

    [Theory]
    [InlineData("remember this", "tea is at 5")]
    [InlineData("remember this", "right of the door")]
    [InlineData("帮我记一下", "喝茶五点")]
    [InlineData("帮我记一下", "错误代码是4711")]
    public void What_is_told_when_asked_for_it_is_remembered(string request, string told)
        => Assert.Equal(new SpokenRequest.Remember(told), UtteranceReader.Read(After(request, told).Build()).Request);

    [Theory]
    [InlineData("where is the ladder?", "that's wrong")]
    [InlineData("where is the ladder?", "I don't know")]
    [InlineData("where is the ladder?", "/stop")]
    [InlineData("where is the ladder?", "😂")]
    [InlineData("where is the ladder?", "lol")]
    [InlineData("where is the ladder?", "write me a poem about the sea")]
    [InlineData("where is the ladder?", "where is the shed?")]
    [InlineData("where is the ladder?", "never mind")]
    [InlineData("where is the ladder?", "ok")]
    [InlineData("梯子在哪里？", "错了")]
    [InlineData("梯子在哪里？", "我不知道")]
    [InlineData("梯子在哪里？", "给我写一首诗")]
    [InlineData("梯子在哪里？", "算了")]
    [InlineData("remember this", "forget it")]
    public void What_tells_nothing_is_not_remembered(string question, string words)
        => Assert.Null(UtteranceReader.Read(After(question, words).Build()).Request.ToBeRemembered);

    [Fact]
    public void Nothing_is_remembered_where_nothing_was_promised()
    {
        Assert.IsType<SpokenRequest.Other>(UtteranceReader.Read(Saying("July 9").WithHistory(AuthorKind.Person, "when is dad's birthday?").Build()).Request);
        Assert.IsType<SpokenRequest.Other>(UtteranceReader.Read(
            Saying("July 9").WithHistory(AuthorKind.Person, "when is dad's birthday?").WithHistory(AuthorKind.Assistant, "In summer, I believe.").Build()).Request);
        Assert.IsType<SpokenRequest.Other>(UtteranceReader.Read(
            After("when is dad's birthday?", "July 9").WithHistory(AuthorKind.Person, "hm").WithHistory(AuthorKind.Assistant, "All right.").Build()).Request);
    }

    [Fact]
    public void A_promise_to_somebody_else_or_about_what_was_passed_on_is_none()
    {
        const string Question = "when is dad's birthday?";
        var promise = EmbeddedResponder.Answer(Saying(Question).Build()).Markdown;

        Assert.IsType<SpokenRequest.Other>(UtteranceReader.Read(
            Saying("July 9").InGroup().WithHistoryOf("Bob", Question).WithHistory(AuthorKind.Assistant, promise).Build()).Request);
        Assert.Null(UtteranceReader.Read(After(Question, "July 9").Forwarded().Build()).Request.ToBeRemembered);
    }

    [Theory]
    [InlineData("write me !")]
    [InlineData("no, ")]
    [InlineData("that's so ")]
    [InlineData("给我写了")]
    [InlineData("唉，")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var after = After("where is the ladder?", string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length)) + "x?x").Build();
        UtteranceReader.Read("warm up");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(after);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }

    /// <summary>The words, said when the assistant has answered the question before them as it does.</summary>
    private static ReplyContextBuilder After(string question, string words) => Saying(words)
        .WithHistory(AuthorKind.Person, question)
        .WithHistory(AuthorKind.Assistant, EmbeddedResponder.Answer(Saying(question).Build()).Markdown);
}
