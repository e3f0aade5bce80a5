using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>What it means when Feishu says no, in words for people. The code counts: one status, mostly 400, stands for nearly all of them.</summary>
internal static class FeishuFailure
{
    private static readonly TimeSpan OperatorPause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(string messenger, FeishuReply reply)
    {
        var asked = (reply.Outcome as CallOutcome.Answered)?.RetryAfter;
        return reply.Answer?.Code switch
        {
            99991400 => new SendOutcome.RetryAfter(asked, Explain(messenger, reply), PauseScope.Connection),
            230020 or 11232 or 11233 => new SendOutcome.RetryAfter(asked, Explain(messenger, reply)),
            230049 or 1500 or 1503 or 2200 or 5000 => new SendOutcome.RetryAfter(null, Explain(messenger, reply)),
            _ when NeedsOperator(reply) => new SendOutcome.RetryAfter(OperatorPause, Explain(messenger, reply), PauseScope.Connection),
            _ => CallFaults.OutcomeOf(messenger, reply.Outcome)
                ?? (reply.Outcome is CallOutcome.Answered { IsSuccess: true } && reply.Answer?.Code is null or 0
                    ? new SendOutcome.Uncertain(Explain(messenger, reply))
                    : new SendOutcome.Rejected(Explain(messenger, reply))),
        };
    }

    /// <summary>Whether a question may be answered when it is asked once more within the hours Feishu repeats an event. A missing permission is not given so soon.</summary>
    public static bool IsPassing(string messenger, FeishuReply reply)
        => !IsMissingScope(reply) && Outcome(messenger, reply) is SendOutcome.RetryAfter or SendOutcome.Uncertain && reply is not { IsOk: true };

    /// <summary>Whether the app lacks a permission for the method as a whole.</summary>
    public static bool IsMissingScope(FeishuReply reply) => reply.Answer?.Code is 99991672 or 99991679 or 230027;

    /// <summary>Whether it is one person whom the app may not know of (通讯录权限范围).</summary>
    public static bool IsOutOfSight(FeishuReply reply) => reply.Answer?.Code is 41050;

    /// <summary>Whether nothing will be taken until somebody changes credentials or what the app may do.</summary>
    public static bool NeedsOperator(FeishuReply reply)
        => reply.IsTokenEnded || IsCredentials(reply) || reply.Answer?.Code is 99991672 or 99991679 or 230027 or 230006 or 99991401 or 99991662 or 99991673;

    /// <summary>Whether it is the credentials that are not taken.</summary>
    public static bool IsCredentials(FeishuReply reply)
        => reply.Outcome is CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } || reply.Answer?.Code is 10003 or 10012 or 10013 or 10014 or 10015 or 99991543 or 514;

    /// <summary>Whether a message cannot be answered that is no more: it can be written to its chat all the same.</summary>
    public static bool IsAnsweredGone(FeishuReply reply) => reply.Answer?.Code is 230011 or 230110 or 231003 or 230054;

    public static Phrase Explain(string messenger, FeishuReply reply) => reply.Answer?.Code switch
    {
        null or 0 => CallFaults.ReasonOf(messenger, reply.Outcome) ?? Phrase.Of("channel.unreadable", ("name", messenger)),
        _ when reply.IsTokenEnded || IsCredentials(reply) => Phrase.Of("channel.sign-in-refused", ("name", messenger)),
        99991400 or 230020 or 11232 or 11233 => Phrase.Of("channel.pause", ("name", messenger)),
        1000040350 => Phrase.Of("feishu.too-many-sockets"),
        230049 => Phrase.Of("feishu.under-way"),
        99991672 or 99991679 or 230027 => Phrase.Of("feishu.missing-scope", ("says", Words(reply))),
        230006 => Phrase.Of("feishu.bot-off"),
        99991401 => Phrase.Of("feishu.address-not-allowed"),
        99991662 or 99991673 => Phrase.Of("feishu.app-off"),
        230002 => Phrase.Of("feishu.not-in-chat"),
        230013 => Phrase.Of("feishu.not-available"),
        230018 or 230035 => Phrase.Of("feishu.chat-forbids"),
        230019 or 230011 or 230110 or 231003 => Phrase.Of("feishu.answered-gone"),
        230022 or 230028 => Phrase.Of("feishu.censored"),
        230025 => Phrase.Of("feishu.too-long"),
        230053 => Phrase.Of("feishu.blocked"),
        var code => Phrase.Of("channel.refuses", ("name", messenger), ("says", string.Create(CultureInfo.InvariantCulture, $"{Words(reply)} ({code})"))),
    };

    // A sentence of Feishu's; anything that is not one line of plain words is somebody's page in between.
    private static string Words(FeishuReply reply)
        => reply.Answer?.Msg is { Length: > 0 } said && !said.Any(c => char.IsControl(c) || c is '<' or '>') ? said.Length <= 160 ? said : said[..160] : "?";
}
