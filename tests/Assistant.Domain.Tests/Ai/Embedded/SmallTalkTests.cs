using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

public sealed class SmallTalkTests
{
    [Theory]
    [InlineData("Thanks, bye", typeof(SpokenRequest.Farewell))]
    [InlineData("thank you so much. Good night!", typeof(SpokenRequest.Farewell))]
    [InlineData("bye, thanks for everything", typeof(SpokenRequest.Farewell))]
    [InlineData("谢谢，再见", typeof(SpokenRequest.Farewell))]
    [InlineData("谢谢你的帮助，拜拜", typeof(SpokenRequest.Farewell))]
    [InlineData("thank you for your help", typeof(SpokenRequest.Thanks))]
    [InlineData("Thanks a lot for the quick answer!", typeof(SpokenRequest.Thanks))]
    [InlineData("感谢您的帮助", typeof(SpokenRequest.Thanks))]
    [InlineData("thanks for your help, where is the key?", typeof(SpokenRequest.Recall))]
    [InlineData("谢谢，钥匙在哪？", typeof(SpokenRequest.Recall))]
    public void Thanks_and_a_farewell_may_come_together_and_say_what_for(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("thanks for ")]
    [InlineData("thanks, ")]
    [InlineData("谢谢你的帮助")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        UtteranceReader.Read("warm up");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text + "x");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
