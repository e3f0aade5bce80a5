using System.Collections.Frozen;
using Assistant.Domain.Settings;

namespace Assistant.Domain.Security.StepUp;

/// <summary>A kind of act that wants fresh proof of who asks for it.</summary>
/// <param name="Name">Stable, e.g. <c>apikey.create</c>.</param>
/// <param name="Permission">Needed to do it, and to prove it for a program.</param>
/// <param name="Sentence">What is approved, with the names of arguments in braces.</param>
public sealed record SensitiveOperation(string Name, string Permission, LocalizedText Sentence)
{
    /// <summary>By argument, what its values are called where people choose them. Other values are said as they are.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, LocalizedText>>? Words { get; init; }
}

/// <summary>The one table of what is sensitive. Every proof is a passkey or a one-time code, at most five minutes old.</summary>
/// <remarks>
/// Who commands the machine itself (the command line, <c>assistant.yaml</c>, the first user for <see cref="SetupGate.Grace"/> after the
/// set-up by link) is not asked: it could read the master key and write the database. Those acts are audited like all others.
/// </remarks>
public static class SensitiveOperations
{
    private static readonly Dictionary<string, LocalizedText> AccessNames = new(StringComparer.Ordinal)
    {
        ["pairing"] = new("After pairing", "配对后"),
        ["open"] = new("Anyone", "任何人"),
        ["allowlist"] = new("Approved people", "仅限已批准的人"),
        ["blocked"] = new("Nobody", "任何人都不可以"),
    };

    /// <summary>How old a proof may be when it is used.</summary>
    public static readonly TimeSpan MaxProofAge = TimeSpan.FromMinutes(5);

    /// <summary>How long a request waits for its proof.</summary>
    public static readonly TimeSpan RequestLifetime = TimeSpan.FromMinutes(10);

    public static readonly SensitiveOperation ApiKeyCreate = new(
        "apikey.create", Permissions.ApiKeysManage,
        new("Create the API key “{name}” with the role {role}.", "创建 API 密钥“{name}”，角色为 {role}。"));

    public static readonly SensitiveOperation UserCreate = new(
        "user.create", Permissions.UsersManage,
        new("Let {email} sign in to the console with the role {role}.", "允许 {email} 以 {role} 角色登录控制台。"));

    public static readonly SensitiveOperation MembershipGrant = new(
        "membership.grant", Permissions.UsersManage, new("Give {email} the role {role} in this tenant.", "在本租户中授予 {email} 角色 {role}。"));

    public static readonly SensitiveOperation MembershipRemove = new(
        "membership.remove", Permissions.UsersManage, new("End the membership of {email} in this tenant.", "结束 {email} 在本租户的成员资格。"));

    public static readonly SensitiveOperation RoleSave = new(
        "role.save", Permissions.RolesManage, new("Let the role {name} do exactly this: {permissions}.", "将角色 {name} 的权限设为：{permissions}。"));

    public static readonly SensitiveOperation RoleDelete = new(
        "role.delete", Permissions.RolesManage, new("Delete the role {name}.", "删除角色 {name}。"));

    public static readonly SensitiveOperation TenantCreate = new(
        "tenant.create", Permissions.TenantsManage, new("Create the tenant {name} (“{displayName}”).", "创建租户 {name}（“{displayName}”）。"));

    public static readonly SensitiveOperation UserMfaReset = new(
        "user.mfa-reset", Permissions.UsersManage, new("Let {email} sign in by password alone.", "允许 {email} 仅凭密码登录。"));

    public static readonly SensitiveOperation UserMfaReplace = new(
        "user.mfa-replace", Permissions.UsersManage,
        new("Have {email} sign in with the codes of another authenticator app.", "让 {email} 改用另一个身份验证器应用的验证码登录。"));

    public static readonly SensitiveOperation UserPasswordReset = new(
        "user.password-reset", Permissions.UsersManage, new("Give {email} another password.", "为 {email} 设置新密码。"));

    public static readonly SensitiveOperation UserInvite = new(
        "user.invite", Permissions.UsersManage,
        new("Let whoever has a link into this tenant with the role {role} ({note}), for {hours} h.", "在 {hours} 小时内允许持有链接的人以 {role} 角色加入本租户（{note}）。"));

    public static readonly SensitiveOperation PersonInvite = new(
        "person.invite", Permissions.UsersManage,
        new(
            "Let whoever has a link, good for {hours} h, have the account of {note}, with the role {role} in this tenant.",
            "允许持有链接的人在 {hours} 小时内取得 {note} 的账户，在本租户中的角色为 {role}。"));

    public static readonly SensitiveOperation ConnectionSecret = new(
        "connection.secret", Permissions.ChannelsManage,
        new("Replace {settings} of the connection {name}.", "替换连接 {name} 的 {settings}。"));

    public static readonly SensitiveOperation ConnectionAccess = new(
        "connection.access", Permissions.ChannelsManage,
        new("Change who may write to the connection {name}: “{from}” becomes “{to}”.", "更改谁可以向连接 {name} 发消息：由“{from}”改为“{to}”。"))
    {
        Words = new Dictionary<string, IReadOnlyDictionary<string, LocalizedText>>(StringComparer.Ordinal) { ["from"] = AccessNames, ["to"] = AccessNames },
    };

    public static readonly SensitiveOperation ConnectionProtection = new(
        "connection.protection", Permissions.ChannelsManage,
        new("Switch off the protection {protection} of the connection {name}.", "关闭连接 {name} 的保护设置 {protection}。"));

    public static readonly SensitiveOperation ConnectionDelete = new(
        "connection.delete", Permissions.ChannelsManage, new("Delete the connection {name} and its secrets.", "删除连接 {name} 及其密钥。"));

    public static readonly SensitiveOperation ConnectionKey = new(
        "connection.key", Permissions.ChannelsManage,
        new("Replace the key of the chat {name}, whose safety number is {number}.", "替换聊天 {name} 的密钥（当前安全号码为 {number}）。"));

    public static readonly SensitiveOperation EngineSecret = new(
        "engine.secret", Permissions.EnginesManage, new("Replace {settings} of the engine {name}.", "替换引擎 {name} 的 {settings}。"));

    public static readonly SensitiveOperation IndexWiden = new(
        "index.widen", Permissions.SearchManage,
        new("Keep an index of everything that is said in the tenant {tenant}.", "为租户 {tenant} 中的全部消息建立搜索索引。"));

    public static readonly SensitiveOperation MessageForget = new(
        "message.forget", Permissions.PeopleForget, new("Forget one message of the conversation with {name} for good.", "彻底遗忘与 {name} 的会话中的一条消息。"));

    public static readonly SensitiveOperation ConversationForget = new(
        "conversation.forget", Permissions.PeopleForget,
        new("Forget the conversation with {name} for good: {count} items.", "彻底遗忘与 {name} 的会话：共 {count} 项。"));

    public static readonly SensitiveOperation PersonForget = new(
        "person.forget", Permissions.PeopleForget,
        new("Forget {name} and everything of them for good: {count} items.", "彻底遗忘 {name} 及其全部内容：共 {count} 项。"));

    public static readonly SensitiveOperation PersonExport = new(
        "person.export", Permissions.PeopleExport, new("Export everything about {name} as {format}.", "以 {format} 格式导出关于 {name} 的全部内容。"));

    public static readonly SensitiveOperation BackupCreate = new(
        "backup.create", Permissions.TenantsManage,
        new("Write everything of every tenant into the backup {file}.", "将所有租户的全部内容写入备份 {file}。"));

    public static readonly SensitiveOperation BackupRestore = new(
        "backup.restore", Permissions.TenantsManage,
        new("Put the backup {file} of {made} in the place of this whole installation.", "用 {made} 的备份 {file} 替换整个安装。"));

    /// <summary>Asked for by the person themselves, and proven by their account: no role gives the permission.</summary>
    public static readonly SensitiveOperation OwnExport = new(
        "own.export", Permissions.PeopleExport, new("Export everything that is kept about me, {name}, as {format}.", "以 {format} 格式导出保存的关于我（{name}）的全部内容。"));

    /// <inheritdoc cref="OwnExport"/>
    public static readonly SensitiveOperation OwnForget = new(
        "own.forget", Permissions.PeopleForget, new("Forget me, {name}, and everything of me for good.", "彻底遗忘我（{name}）以及我的全部内容。"));

    public static FrozenDictionary<string, SensitiveOperation> All { get; } = new[]
    {
        ApiKeyCreate, UserCreate, MembershipGrant, MembershipRemove, RoleSave, RoleDelete, TenantCreate, UserMfaReset, UserMfaReplace, UserPasswordReset,
        UserInvite, PersonInvite, ConnectionSecret, ConnectionAccess, ConnectionProtection, ConnectionDelete, ConnectionKey, EngineSecret, IndexWiden, MessageForget, ConversationForget,
        PersonForget, PersonExport, BackupCreate, BackupRestore, OwnExport, OwnForget,
    }.ToFrozenDictionary(operation => operation.Name, StringComparer.Ordinal);
}
