using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>What it means when DingTalk says no, in words for people. The code says it: most refusals have one status.</summary>
internal static class DingTalkFailure
{
    private static readonly TimeSpan OperatorPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FloodPause = TimeSpan.FromSeconds(10);

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome Outcome(DingTalkReply reply)
    {
        var asked = (reply.Outcome as CallOutcome.Answered)?.RetryAfter;
        return reply switch
        {
            _ when IsFlood(reply) => new SendOutcome.RetryAfter(asked ?? FloodPause, Explain(reply), PauseScope.Connection),
            _ when NeedsOperator(reply) => new SendOutcome.RetryAfter(OperatorPause, Explain(reply), PauseScope.Connection),
            _ => CallFaults.OutcomeOf(DingTalkChannel.Name, reply.Outcome)
                ?? (reply.Outcome is CallOutcome.Answered { IsSuccess: true }
                    ? new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", DingTalkChannel.Name)))
                    : new SendOutcome.Rejected(Explain(reply))),
        };
    }

    /// <summary>Whether nothing will be taken until somebody changes credentials or what the app may do.</summary>
    public static bool NeedsOperator(DingTalkReply reply) => IsCredentials(reply) || IsRights(reply) || IsAddress(reply);

    /// <summary>Whether it is the credentials that are not taken.</summary>
    public static bool IsCredentials(DingTalkReply reply)
        => reply.IsTokenEnded || reply.Answer?.Code is "invalidClientIdOrSecret" or "authFailed" or "invalidClientSecret" or "40089" or "40001" or "40014" or "42001";

    public static Phrase Explain(DingTalkReply reply) => reply.Answer?.Code switch
    {
        _ when IsCredentials(reply) => Phrase.Of("channel.sign-in-refused", ("name", DingTalkChannel.Name)),
        null or "" or "0" => CallFaults.ReasonOf(DingTalkChannel.Name, reply.Outcome) ?? Phrase.Of("channel.unreadable", ("name", DingTalkChannel.Name)),
        _ when IsFlood(reply) => Phrase.Of("channel.pause", ("name", DingTalkChannel.Name)),
        _ when IsAddress(reply) => Phrase.Of("dingtalk.address-not-allowed"),
        _ when IsRights(reply) => Phrase.Of("dingtalk.missing-permission", ("says", Words(reply))),
        "staffId.notExisted" or "invalidParameter.userIds.invalid" => Phrase.Of("dingtalk.person-unknown"),
        "resource.not.found" or "invalidParameter.robotCode" => Phrase.Of("dingtalk.robot-unknown"),
        "invalidParameter.openConversationId" or "chat.notExisted" or "robot.notInGroup" => Phrase.Of("dingtalk.not-in-group"),
        { } code => Phrase.Of("channel.refuses", ("name", DingTalkChannel.Name), ("says", string.Create(CultureInfo.InvariantCulture, $"{Words(reply)} ({Word(code)})"))),
    };

    /// <summary>Whether it is too much at once.</summary>
    public static bool IsFlood(DingTalkReply reply)
        => reply.Outcome is CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests }
            || reply.Answer?.Code is { } code && (code.Contains("QpsLimit", StringComparison.OrdinalIgnoreCase) || code.StartsWith("Throttling", StringComparison.OrdinalIgnoreCase)
                || code is "90002" or "90018");

    private static bool IsRights(DingTalkReply reply) => !IsFlood(reply) && !IsAddress(reply)
        && reply.Answer?.Code is { } code && (code.StartsWith("Forbidden.", StringComparison.OrdinalIgnoreCase) || code is "60011");

    private static bool IsAddress(DingTalkReply reply)
        => reply.Answer?.Code is { } code && (code.Contains("IpNotInWhiteList", StringComparison.OrdinalIgnoreCase) || code is "60020");

    // A sentence of DingTalk's; anything that is not one line of plain words is somebody's page in between.
    private static string Words(DingTalkReply reply)
        => reply.Answer?.Message is { Length: > 0 } said && !said.Any(c => char.IsControl(c) || c is '<' or '>') ? said.Length <= 160 ? said : said[..160] : "?";

    private static string Word(string code) => code.Length <= 100 && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? code : "?";
}
