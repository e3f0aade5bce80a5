using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>What it means when Slack says no, in words for people. Slack answers 200 and names an error.</summary>
internal static class SlackFailure
{
    private static readonly TimeSpan CredentialsPause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(SlackReply reply)
    {
        // Slack counts messages by channel.
        if (CallFaults.OutcomeOf(SlackChannel.Name, reply.Outcome, PauseScope.Chat) is { } outcome)
        {
            return outcome;
        }

        return reply.Answer?.Error switch
        {
            { } error when IsCredentials(error) => new SendOutcome.RetryAfter(CredentialsPause, Explain(reply), PauseScope.Connection),
            "ratelimited" or "rate_limited" or "message_limit_exceeded" => new SendOutcome.RetryAfter(null, Explain(reply)),
            "service_unavailable" or "request_timeout" or "team_added_to_org" => new SendOutcome.RetryAfter(null, Explain(reply)),

            // Of these two Slack says that a part of it may have been done.
            "internal_error" or "fatal_error" => new SendOutcome.Uncertain(Explain(reply)),
            null when reply.Outcome is CallOutcome.Answered { IsSuccess: true } => new SendOutcome.Uncertain(Explain(reply)),
            _ => new SendOutcome.Rejected(Explain(reply)),
        };
    }

    /// <summary>Whether nothing will be taken until somebody changes a token or what it may do.</summary>
    public static bool IsCredentials(SlackReply reply)
        => reply.Outcome is CallOutcome.Answered { Status: System.Net.HttpStatusCode.Unauthorized } || (reply.Answer?.Error is { } error && IsCredentials(error));

    public static Phrase Explain(SlackReply reply) => reply.Answer?.Error switch
    {
        "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired"
            => Phrase.Of("channel.sign-in-refused", ("name", SlackChannel.Name)),
        "missing_scope" => Phrase.Of("slack.missing-scope", ("scope", Word(reply.Answer.Needed))),
        "not_allowed_token_type" => Phrase.Of("slack.wrong-token"),
        "org_login_required" or "team_access_not_granted" or "ekm_access_denied" or "accesslimited" or "no_permission" or "access_denied"
            => Phrase.Of("slack.workspace-forbids", ("says", Word(reply.Answer.Error))),
        "ratelimited" or "rate_limited" or "message_limit_exceeded" => Phrase.Of("channel.pause", ("name", SlackChannel.Name)),
        "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" => Phrase.Of("slack.own-fault", ("says", Word(reply.Answer.Error))),
        "channel_not_found" or "user_not_found" => Phrase.Of("slack.chat-unknown"),
        "not_in_channel" => Phrase.Of("slack.not-in-channel"),
        "is_archived" => Phrase.Of("slack.archived"),
        "restricted_action" or "restricted_action_read_only_channel" or "restricted_action_thread_locked" or "restricted_action_thread_only_channel"
            or "restricted_action_non_threadable_channel" => Phrase.Of("slack.no-rights"),
        "cannot_reply_to_message" or "thread_not_found" or "message_not_found" => Phrase.Of("slack.thread-gone"),
        "messages_tab_disabled" or "cannot_dm_bot" or "user_disabled" => Phrase.Of("slack.direct-closed"),
        "msg_too_long" or "msg_blocks_too_long" => Phrase.Of("slack.too-long"),
        { } error => Phrase.Of("channel.refuses", ("name", SlackChannel.Name), ("says", Word(error))),
        null => CallFaults.ReasonOf(SlackChannel.Name, reply.Outcome) ?? Phrase.Of("channel.unreadable", ("name", SlackChannel.Name)),
    };

    private static bool IsCredentials(string error) => error is "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired"
        or "missing_scope" or "not_allowed_token_type" or "org_login_required" or "team_access_not_granted" or "ekm_access_denied" or "accesslimited"
        or "no_permission" or "access_denied";

    // Slack's errors are words with underscores. Anything else is somebody's page in between, and is not repeated.
    private static string Word(string? error)
        => error is { Length: > 0 and <= 100 } && error.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '.' or ',' or '-') ? error : "?";
}
