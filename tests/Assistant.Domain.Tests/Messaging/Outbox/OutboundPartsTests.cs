using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.Outbox;

public sealed class OutboundPartsTests
{
    private static readonly MessageBody Question = new("Approve?", [new("Yes", "y"), new("No\nthanks", "n")]);

    [Fact]
    public void Buttons_stay_buttons_where_the_channel_has_them()
        => Assert.Equal([Question], OutboundParts.For(Manifest(ChannelCapabilities.Buttons), Question));

    [Fact]
    public void Buttons_become_numbered_text_where_it_has_none()
    {
        var part = Assert.Single(OutboundParts.For(Manifest(ChannelCapabilities.Typing), Question));

        Assert.Equal("Approve?\n\n1. Yes\n2. No thanks", part.Markdown);
        Assert.Empty(part.Buttons);
    }

    [Fact]
    public void A_long_reply_is_cut_at_the_channels_limit()
    {
        var parts = OutboundParts.For(Manifest(ChannelCapabilities.None), new MessageBody(string.Join(' ', Enumerable.Repeat("word", 50))));

        Assert.All(parts, p => Assert.InRange(p.Markdown.Length, 1, 40));
    }

    [Theory]
    [InlineData("1", "y")]
    [InlineData(" 2. ", "n")]
    [InlineData("yes", "y")]
    [InlineData("2）", "n")]
    [InlineData("3", null)]
    [InlineData("0", null)]
    [InlineData("perhaps", null)]
    [InlineData("１．", "y")]
    [InlineData("no thanks", "n")]
    [InlineData("Yes.", "y")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("-1", null)]
    [InlineData("1 2", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("\uD800", null)]
    public void A_number_or_label_answers_for_the_button(string said, string? data)
        => Assert.Equal(data, ButtonText.Match(Question.Buttons, said)?.Data);

    [Theory]
    [InlineData("2", null)]
    [InlineData("3", null)]
    [InlineData("4", null)]
    [InlineData("5", "y")]
    [InlineData("1", "two")]
    [InlineData("both", null)]
    public void What_could_be_two_buttons_is_none(string said, string? data)
    {
        MessageButton[] guests = [new("2", "two"), new("3", "three"), new("4", "four"), new("both", "x"), new("Both", "y")];

        Assert.Equal(data, ButtonText.Match(guests, said)?.Data);
    }

    private static ChannelManifest Manifest(ChannelCapabilities capabilities)
        => new("test", "Test", "M0 0", null, capabilities, new TextLimit(40), []);
}
