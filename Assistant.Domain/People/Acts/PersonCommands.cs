using System.Globalization;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Settings;

namespace Assistant.Domain.People.Acts;

/// <summary>What this installation is called from outside.</summary>
/// <param name="Base"><see langword="null"/> when nobody has said.</param>
public sealed record PublicAddress(Uri? Base)
{
    /// <summary>The full address of a path, or <see langword="null"/>.</summary>
    public string? Of(string path) => Base is null ? null : new Uri(Base, path).ToString();
}

/// <summary>Answers what people say to the product itself: link my account, connect my other messenger, export my data, forget me.</summary>
public sealed class PersonCommands(PersonActDesk acts, PersonAccountDesk accounts, PersonLinkDesk links, ReachDesk reach, PublicAddress address)
{
    private static readonly LocalizedText Direct = new(
        "This is about you alone: please write it to me directly, not in a group.", "这只与您本人有关：请直接私信我，不要在群组里说。");

    private static readonly LocalizedText NoAddress = new(
        "I cannot send you a link: nobody has told me my public address. Please ask whoever runs this assistant.", "我无法给您发送链接：尚未配置公共地址。请联系此助手的管理者。");

    private static readonly LocalizedText NotLinked = new(
        "I can only do this once you can prove that it is you, and no account is linked with you yet.\n\n"
        + "- If you have an account: open {0}, make a code under “Messengers” and write to me here: link CODE\n"
        + "- If you have none: ask whoever runs this assistant for an invitation made for you.",
        "只有在您能证明身份之后我才能这样做，而目前还没有账户与您绑定。\n\n"
        + "- 如果您有账户：打开 {0}，在“消息应用”下生成代码，然后在这里发送：绑定 代码\n"
        + "- 如果没有账户：请向此助手的管理者索取为您生成的邀请。");

    private static readonly LocalizedText Asked = new(
        "**{0}**\n\nIf this is what you want, open this link within ten minutes, sign in with your account and confirm with your passkey or a code:\n\n{1}\n\nIf you did not ask for this, do nothing, or decline it there.",
        "**{0}**\n\n如果这正是您想要的，请在十分钟内打开以下链接，用您的账户登录，并用通行密钥或验证码确认：\n\n{1}\n\n如果不是您本人的请求，请不要操作，或在链接中拒绝。");

    private static readonly LocalizedText Offered = new(
        "Write this to me on your other messenger, within ten minutes:\n\n**link {0}**\n\nThere I ask you once more, and then I know on both what you told me on either. Give the code to nobody: whoever uses it becomes you.",
        "请在十分钟内，在您的另一个消息应用中把这句话发给我：\n\n**绑定 {0}**\n\n我会在那里再次向您确认，之后您在任一应用中告诉我的内容，我在两边都会知道。请勿把代码交给他人：使用它的人将被视为您本人。");

    private static readonly LocalizedText Sure = new(
        "“{0}” on {1} says that you are one and the same. If that is you, write: **confirm {2}**\n\nIf somebody gave you this code, do not: they would know here what you told me.",
        "{1} 上的“{0}”表示与您是同一个人。如果那就是您本人，请发送：**确认 {2}**\n\n如果代码是别人给您的，请不要这样做：对方将会知道您告诉我的内容。");

    private static readonly LocalizedText Connected = new(
        "Done: you are one person with “{0}” on {1} now. To end this, write: /unlink", "已完成：您现在与 {1} 上的“{0}”关联为同一个人。如需解除，请发送：/unlink");

    private static readonly LocalizedText TooMany = new(
        "This is not possible: you are connected on as many messengers as I can keep together.", "无法关联：您已关联的消息应用数量达到上限。");

    private static readonly LocalizedText Disconnected = new(
        "Done. On your other messengers I do not know any more what you tell me here. Nothing was deleted.", "已解除。您在这里告诉我的内容，在其他消息应用中将不再知道。没有删除任何内容。");

    private static readonly LocalizedText NotConnected = new("You are not connected with another messenger.", "您没有关联其他消息应用。");

    private static readonly LocalizedText GoneOn = new("I have written to you on {0}: let's go on there.", "我已在 {0} 上给您发了消息：我们在那里继续。");

    private static readonly LocalizedText AlreadyThere = new("We are on {0} already.", "我们已经在 {0} 上了。");

    private static readonly LocalizedText NotMet = new(
        "I don't know who you are on {0} yet. Write to me there, then write /connect to me here.", "我还不知道您在 {0} 上是谁。请先在那里给我发消息，然后在这里发送 /connect。");

    private static readonly LocalizedText NoSuchMessenger = new(
        "I know no messenger of that name. Write its name behind the command, for example: /continue Telegram", "我不认识这个名称的消息应用。请在命令后写上它的名称，例如：/continue 企业微信");

    private static readonly LocalizedText WrittenHere = new(
        "From now on I write to you here when I have something for you. To change this, write: /anywhere", "以后有事我会在这里联系您。如需更改，请发送：/anywhere");

    private static readonly LocalizedText WrittenAnywhere = new(
        "From now on I write to you wherever you wrote to me last.", "以后我会在您最近使用的消息应用中联系您。");

    private static readonly LocalizedText Linked = new(
        "Your account is linked with you now. You can see and end this on your account page, under “Messengers”.", "您的账户现已与您绑定。您可以在账户页面的“消息应用”下查看或解除绑定。");

    private static readonly LocalizedText NoSuchCode = new(
        "This code opens nothing. Codes work once and for ten minutes; make a new one where you made this one: on your account page, under “Messengers”, or with /connect on your other messenger.",
        "此代码无效。代码只能使用一次，十分钟内有效；请在原处重新生成：账户页面的“消息应用”下，或在另一个消息应用中发送 /connect。");

    private static readonly LocalizedText Taken = new(
        "This is not possible: either another account is linked with you, or this account belongs to somebody else here. End that link first.",
        "无法绑定：您已绑定另一个账户，或者该账户已属于此处的其他人。请先解除原有绑定。");

    /// <summary>The answer, or <see langword="null"/> when it was said to the assistant and not to the product.</summary>
    public async Task<string?> AnswerAsync(TurnStart start, CancellationToken cancellationToken)
    {
        if (start.Entry.Content is not InboundContent.Said { IsForwarded: false } || PersonRequest.Find(start.Utterance.Body.Markdown) is not { } request)
        {
            return null;
        }

        var isChinese = request.IsChinese ?? PersonLanguage.Of(start.Person, start.History, start.Conversation.Chat.IsGroup) == SpokenLanguage.Chinese;
        var culture = CultureInfo.GetCultureInfo(isChinese ? "zh-CN" : "en");
        if (start.Conversation.Chat.IsGroup)
        {
            return request is PersonRequest.GoOn { IsCommand: false } words && !reach.IsMessenger(words.Messenger) ? null : Direct.In(culture);
        }

        return request switch
        {
            PersonRequest.Act act => await AskAsync(start, act.Kind, culture, cancellationToken),
            PersonRequest.Link link => await LinkAsync(start, link.Code, culture, cancellationToken),
            PersonRequest.Connect => string.Format(
                culture, Offered.In(culture), (await links.OfferAsync(start.Person, OriginOf(start), cancellationToken)).Reveal()),
            PersonRequest.Confirm confirm => await ConfirmAsync(start, confirm.Code, culture, cancellationToken),
            PersonRequest.Disconnect => (await links.LeaveAsync(start.Person, OriginOf(start), cancellationToken) > 0 ? Disconnected : NotConnected).In(culture),
            PersonRequest.GoOn goOn => await GoOnAsync(start, goOn, culture, cancellationToken),
            PersonRequest.Preference preference => await PreferAsync(start, preference.IsHere, culture, cancellationToken),
            _ => throw new InvalidOperationException($"Unknown request {request.GetType().Name}."),
        };
    }

    private async Task<string> AskAsync(TurnStart start, PersonActKind kind, CultureInfo culture, CancellationToken cancellationToken)
    {
        if (address.Of("account") is not { } account)
        {
            return NoAddress.In(culture);
        }

        var asked = await acts.AskAsync(start.Person, start.Conversation.Id, kind, culture, start.Conversation.Connection.Value, cancellationToken);
        return asked is null
            ? string.Format(culture, NotLinked.In(culture), account)
            : string.Format(culture, Asked.In(culture), asked.Sentence, address.Of($"act/{asked.Token.Reveal()}"));
    }

    /// <summary>What is typed may be an account's code, or one shown on another messenger: the person need not know which.</summary>
    private async Task<string> LinkAsync(TurnStart start, LinkCode? code, CultureInfo culture, CancellationToken cancellationToken)
    {
        if (code is null)
        {
            return NoSuchCode.In(culture);
        }

        switch (await accounts.RedeemAsync(start.Person, code, OriginOf(start), cancellationToken))
        {
            case LinkOutcome.Linked:
                return Linked.In(culture);
            case LinkOutcome.PersonTaken or LinkOutcome.AccountTaken:
                return Taken.In(culture);
            default:
                return await links.FindOfferAsync(start.Person, code, cancellationToken) is { } offer
                    ? string.Format(culture, Sure.In(culture), MarkdownText.Escape(offer.Name), offer.Messenger, code.Reveal())
                    : NoSuchCode.In(culture);
        }
    }

    private async Task<string> ConfirmAsync(TurnStart start, LinkCode? code, CultureInfo culture, CancellationToken cancellationToken)
    {
        if (code is null || await links.FindOfferAsync(start.Person, code, cancellationToken) is not { } offer)
        {
            return NoSuchCode.In(culture);
        }

        return await links.ConfirmAsync(start.Person, code, OriginOf(start), cancellationToken) switch
        {
            JoinOutcome.Linked => string.Format(culture, Connected.In(culture), MarkdownText.Escape(offer.Name), offer.Messenger),
            JoinOutcome.TooMany => TooMany.In(culture),
            _ => NoSuchCode.In(culture),
        };
    }

    /// <summary>Words that name no messenger were said of something else: those are for an engine.</summary>
    private async Task<string?> GoOnAsync(TurnStart start, PersonRequest.GoOn wish, CultureInfo culture, CancellationToken cancellationToken)
        => await reach.GoOnAsync(start, wish.Messenger, culture, cancellationToken) switch
        {
            GoingOn.There there => string.Format(culture, GoneOn.In(culture), there.Messenger),
            GoingOn.Here => string.Format(culture, AlreadyThere.In(culture), MarkdownText.Escape(wish.Messenger)),
            GoingOn.NotMet unmet => string.Format(culture, NotMet.In(culture), unmet.Messenger),
            _ => wish.IsCommand ? NoSuchMessenger.In(culture) : null,
        };

    private async Task<string> PreferAsync(TurnStart start, bool isHere, CultureInfo culture, CancellationToken cancellationToken)
    {
        await (isHere ? reach.PreferAsync(start, cancellationToken) : reach.DropPreferenceAsync(start, cancellationToken));
        return (isHere ? WrittenHere : WrittenAnywhere).In(culture);
    }

    private static string OriginOf(TurnStart start) => start.Conversation.Connection.Value;
}
