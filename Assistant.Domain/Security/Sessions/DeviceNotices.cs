using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Settings;

namespace Assistant.Domain.Security.Sessions;

/// <summary>Tells people in their messengers that their account was used on a new device.</summary>
/// <remarks>At most once for each piece of news: the console goes on asking until it is answered there. The network address is not told, messengers read along.</remarks>
public sealed class DeviceNotices(IPersonAccountStore accounts, IPeopleStore people, IPersonNotices notices, PublicAddress address, TimeProvider clock)
{
    private static readonly LocalizedText News = new(
        "Your account was just used on a new device: {0}, {1} UTC. Was it you? If not, open {2}, end that session and change your password.",
        "您的账户刚刚在一台新设备上登录：{0}，{1} UTC。是您本人吗？如果不是，请打开 {2}，结束该登录会话并更改密码。");

    private static readonly LocalizedText Unknown = new("an unknown browser", "未知浏览器");

    private static readonly LocalizedText On = new("{0} on {1}", "{1} 上的 {0}");

    private static readonly LocalizedText AccountPage = new("your account page", "您的账户页面");

    /// <summary>Tells each person the account belongs to, in the direct conversation they used last and in their language.</summary>
    /// <param name="origin">Network address, for the audit event alone.</param>
    public async Task TellAsync(User user, DeviceLook look, string origin, CancellationToken cancellationToken)
    {
        foreach (var link in await accounts.ListOfAsync(user.Id, cancellationToken))
        {
            if (await notices.FindLastDirectAsync(link.Tenant, link.Person, cancellationToken) is not { } conversation
                || await people.FindAsync(link.Tenant, link.Person, cancellationToken) is not { Person: var person })
            {
                continue; // nobody to tell, or nowhere
            }

            var now = clock.GetUtcNow();
            var audit = new AuditDraft(
                link.Tenant, now, user.AsActor, AuditActions.PersonTold, $"person/{link.Person}", origin,
                new Dictionary<string, string> { ["about"] = "device" });
            await notices.TellAsync(link.Tenant, link.Person, conversation, Say(person, look, now), audit, cancellationToken);
        }
    }

    private string Say(Person person, DeviceLook look, DateTimeOffset now)
    {
        var culture = CultureInfo.GetCultureInfo(person.SpeaksChinese ? "zh-CN" : "en");
        var device = look switch
        {
            { Browser: "", Platform: "" } => Unknown.In(culture),
            { Platform: "" } => look.Browser,
            { Browser: "" } => look.Platform,
            _ => string.Format(culture, On.In(culture), look.Browser, look.Platform),
        };
        return string.Format(
            culture, News.In(culture), device, now.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            address.Of("account") ?? AccountPage.In(culture));
    }
}
