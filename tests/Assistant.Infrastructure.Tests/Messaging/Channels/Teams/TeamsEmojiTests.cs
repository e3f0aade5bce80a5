using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

public sealed class TeamsEmojiTests
{
    [Theory]
    [InlineData("like", "👍")]
    [InlineData("like-tone3", "👍")]
    [InlineData("heart", "❤️")]
    [InlineData("cwl", "😂")]
    [InlineData("1f44b_wavinghand", "👋")]
    [InlineData("1f44b_wavinghand-tone5", "👋")]
    [InlineData("2639_frowningface", "☹️")]
    [InlineData("1f468_200d_1f9b0_maleredhaired", "👨‍🦰")]
    [InlineData("1f468_200d_1f9b0_maleredhaired-tone2", "👨‍🦰")]
    [InlineData("man_deaf", ":man_deaf:")]
    [InlineData("face_x", ":face_x:")]
    [InlineData("1f44b", ":1f44b:")]
    [InlineData("1d83d_", "\U0001d83d")]
    [InlineData("0d83d_half", ":0d83d_half:")]
    [InlineData("999999_nothing", ":999999_nothing:")]
    [InlineData("like-tone9", ":like-tone9:")]
    [InlineData("-tone1", "")]
    [InlineData("oreoyum", ":oreoyum:")]
    public void A_reaction_is_shown_as_people_know_it_or_by_its_name(string id, string shown) => Assert.Equal(shown, TeamsEmoji.Read(id));

    [Fact]
    public void A_name_that_is_too_long_is_none() => Assert.False(PersonReactions.IsName(TeamsEmoji.Read(new string('x', 80))));
}
