using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>What it means when Mattermost says no, in words for people.</summary>
internal static class MattermostFailure
{
    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(MattermostReply reply) => CallFaults.OutcomeOf(MattermostChannel.Name, reply.Outcome) ?? reply switch
    {
        // The same message is on its way already, by an attempt whose answer was lost.
        { Error: "api.post.deduplicate_create_post.pending" } => new SendOutcome.Uncertain(Explain(reply)),
        { Outcome: CallOutcome.Answered { IsSuccess: true } } => new SendOutcome.Uncertain(Explain(reply)),
        _ => new SendOutcome.Rejected(Explain(reply)),
    };

    public static Phrase Explain(MattermostReply reply) => reply switch
    {
        { Status: 403 } => Phrase.Of("mattermost.no-rights"),
        { Error: "api.post.create_post.root_id.app_error" or "api.post.create_post.channel_root_id.app_error" } => Phrase.Of("mattermost.thread-gone"),
        { Error: "api.post.create_post.can_not_post_to_deleted.error" } => Phrase.Of("mattermost.archived"),
        { Status: 404 } => Phrase.Of("mattermost.chat-unknown"),
        { Status: 413 } or { Error: "api.file.upload_file.too_large_detailed.app_error" } => Phrase.Of("mattermost.file-too-large"),
        { Error.Length: > 0 } when CallFaults.OutcomeOf(MattermostChannel.Name, reply.Outcome) is null
            => Phrase.Of("channel.refuses", ("name", MattermostChannel.Name), ("says", Word(reply.Error))),
        _ => CallFaults.ReasonOf(MattermostChannel.Name, reply.Outcome) ?? Phrase.Of("channel.unreadable", ("name", MattermostChannel.Name)),
    };

    // Codes are words with dots. Anything else is somebody's page in between, and is not repeated.
    private static string Word(string error) => error.Length <= 100 && error.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? error : "?";
}
