using Assistant.Domain.Conversations;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Who answers in a conversation, as one operator sees it.</summary>
public enum ControlState { WithAssistant, Waiting, WithYou, WithColleague, Closed }

/// <summary>The state of a conversation in the eyes of one operator, and what they may do about it.</summary>
/// <param name="Colleague">Who holds it, when that is somebody else. Where it waits all the same, they may answer no more.</param>
/// <param name="Since">Since when it waits for a person.</param>
public sealed record ConversationControl(ControlState State, bool MayReply, string? Colleague, DateTimeOffset? Since)
{
    /// <summary>Where there is no conversation, nothing may be done.</summary>
    public static ConversationControl None { get; } = new(ControlState.Closed, MayReply: false, null, null);

    public bool CanTakeOver => MayReply && State is (ControlState.WithAssistant or ControlState.Waiting);

    public bool CanHandBack => MayReply && State is ControlState.WithYou;

    /// <summary>Also what a colleague holds: who has left, or may answer no more, hands nothing back.</summary>
    public bool CanClose => MayReply && State is not ControlState.Closed;

    public bool CanReopen => MayReply && State is ControlState.Closed;

    public bool CanReply => CanHandBack;

    public bool CanNote => MayReply;

    /// <summary>About replies that were held back: their colleague decides about those of a conversation they have.</summary>
    public bool CanDecide => MayReply && Colleague is null;

    /// <param name="isHolderGone">Its holder may answer no more; of what is not known it is what the row says, which waits then.</param>
    public static ConversationControl Of(ConversationRow row, Caller me, bool? isHolderGone = null)
    {
        var mayReply = me.Permissions.Contains(Permissions.ConversationsReply);
        return row switch
        {
            { Status: ConversationStatus.Closed } => new(ControlState.Closed, mayReply, null, null),
            { Operator: { } holder } when holder.Id == me.AsUser.Id => new(ControlState.WithYou, mayReply, null, null),
            { Operator: { } holder } when isHolderGone ?? row.WaitingSince is not null
                => new(ControlState.Waiting, mayReply, holder.Name, row.WaitingSince ?? row.LastAt),
            { Operator: { } holder } => new(ControlState.WithColleague, mayReply, holder.Name, null),
            { WaitingSince: { } since } => new(ControlState.Waiting, mayReply, null, since),
            _ => new(ControlState.WithAssistant, mayReply, null, null),
        };
    }
}
