using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ConversationControlTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 24, 9, 0, 0, TimeSpan.Zero);
    private static readonly Caller s_me = DeskFixture.Operator("Mira", DeskFixture.Acme);

    [Fact]
    public void What_a_colleague_holds_who_may_answer_no_more_waits_and_can_be_taken_over()
    {
        Assert.Equal((ControlState.WithColleague, false), (Of(null, false).State, Of(null, false).CanTakeOver));

        Assert.All([Of(null, true), Of(s_now, true), Of(s_now, null)], control =>
        {
            Assert.Equal((ControlState.Waiting, "Anna", true), (control.State, control.Colleague, control.CanTakeOver));
            Assert.False(control.CanDecide); // take it over first
        });
        Assert.Equal(ControlState.WithColleague, Of(s_now, false).State); // they may again
    }

    private static ConversationControl Of(DateTimeOffset? waitingSince, bool? isHolderGone) => ConversationControl.Of(
        new ConversationRow(
            ConversationId.Create(), DeskFixture.Telegram, "telegram", "Li Wei", ConversationStatus.Open, new UserRef(new UserId(Guid.CreateVersion7()), "Anna"),
            waitingSince, "Hello?", AuthorKind.Person, s_now, 1, 0),
        s_me,
        isHolderGone);
}
