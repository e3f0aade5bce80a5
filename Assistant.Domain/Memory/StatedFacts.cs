using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;

namespace Assistant.Domain.Memory;

/// <summary>What a message that had something remembered has remembered after an edit. A message that asked to remember nothing goes on stating nothing.</summary>
public static class StatedFacts
{
    /// <param name="stated">What it had remembered until then.</param>
    /// <param name="before">Its words until then.</param>
    /// <returns><see langword="null"/> for nothing any more.</returns>
    public static string? After(string stated, string before, MessageBody edited)
    {
        ArgumentNullException.ThrowIfNull(edited);
        return edited.IsForwarded ? null : UtteranceReader.Restate(stated, before, edited.Markdown);
    }

    /// <summary>The same for a turn with facts whose utterance was edited while it thought.</summary>
    public static string? Of(TurnCommit commit, MessageBody edited)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return After(commit.NewFacts[0].Text, (commit.Entry.Content as InboundContent.Said)?.Text ?? "", edited);
    }
}
