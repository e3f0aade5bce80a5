using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>The settings, as people fill them in.</summary>
internal static class WebhookFields
{
    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("proof", new("Callbacks are proven by", "回调的验证方式"),
            new("A signature over the body is best. A secret in a header or in the body shows only that whoever calls knows it.",
                "最好使用对请求体的签名。请求头或请求体中的密钥只能说明调用方知道它。"),
            SettingKind.Choice, Default: "signature", Choices:
            [
                new("signature", new("A signature", "签名")),
                new("header", new("A secret in a header", "请求头中的密钥")),
                new("body", new("A secret in the body", "请求体中的密钥")),
            ]),
        new("secret", new("Secret", "密钥"), new("Shared with the platform.", "与对方平台共享。"), SettingKind.Secret, IsRequired: true),
        new("proofName", new("Where the proof is", "验证信息的位置"),
            new("Name of the header; for a secret in the body a path such as $.token.", "请求头名称；密钥在请求体中时为路径，例如 $.token。"), Default: "X-Signature"),
        new("signature", new("Kind of signature", "签名类型"),
            new("HMAC with this hash, written like this.", "使用该散列算法的 HMAC 及其书写形式。"),
            SettingKind.Choice, Default: "sha256-hex", Choices:
            [
                new("sha256-hex", new("SHA-256, hexadecimal", "SHA-256，十六进制")), new("sha256-base64", new("SHA-256, base64", "SHA-256，base64")),
                new("sha512-hex", new("SHA-512, hexadecimal", "SHA-512，十六进制")), new("sha512-base64", new("SHA-512, base64", "SHA-512，base64")),
                new("sha1-hex", new("SHA-1, hexadecimal", "SHA-1，十六进制")), new("sha1-base64", new("SHA-1, base64", "SHA-1，base64")),
            ]),
        new("signaturePrefix", new("Text before the signature", "签名前的文本"), new("Such as sha256=", "例如 sha256=")),
        new("signed", new("What is signed", "签名内容"), new("{body} stands for the body, {timestamp} for the time.", "{body} 表示请求体，{timestamp} 表示时间。"), Default: SignatureRule.Body),
        new("timestampHeader", new("Header with the time", "时间请求头"),
            new("Seconds since 1970. What is older than five minutes is refused.", "自 1970 年起的秒数。超过五分钟的请求会被拒绝。")),
        new("challenge", new("Challenge to echo", "需要回显的质询"),
            new("Path of a value that a set-up call wants back, such as $.challenge.", "平台配置时要求原样返回的值的路径，例如 $.challenge。")),
        new("items", new("List of events", "事件列表"), new("Path, where one call brings several; the other paths then begin at each of them.", "一次回调包含多个事件时的路径；其他路径从每个事件开始。")),
        new("id", new("Id of the message", "消息编号"), Path("$.id"), IsRequired: true),
        new("text", new("Text", "文本"), Path("$.text"), IsRequired: true),
        new("chat", new("Chat", "会话"), Path("$.channel.id"), IsRequired: true),
        new("sender", new("Sender", "发送者"), Path("$.user.id"), IsRequired: true),
        new("name", new("Name of the sender", "发送者名称"), Path("$.user.name")),
        new("thread", new("Thread", "话题"), Path("$.thread")),
        new("title", new("Name of the group", "群组名称"), Path("$.channel.name")),
        new("time", new("When it was said", "发送时间"), Path("$.time")),
        new("replyTo", new("Message it replies to", "所回复的消息"), Path("$.reply_to")),
        new("files", new("List of files", "文件列表"), new("Path, where a message brings several; the next three then begin at each of them.", "一条消息包含多个文件时的路径；以下三项从每个文件开始。")),
        new("fileUrl", new("Address of a file", "文件地址"),
            new("Path of an address, such as $.url. It may begin behind the host of the address to send to.", "地址的路径，例如 $.url。可以省略主机，此时使用发送地址的主机。")),
        new("fileName", new("Name of a file", "文件名称"), Path("$.name")),
        new("fileType", new("Type of a file", "文件类型"), new("Path of a type such as image/png", "类型的路径，类型例如 image/png")),
        new("only", new("Read only where", "仅当满足条件时读取"), Condition("$.type = message")),
        new("edited", new("It is an edit where", "满足条件时视为编辑"), Condition("$.type = edited")),
        new("deleted", new("It is a deletion where", "满足条件时视为删除"), Condition("$.type = deleted")),
        new("bot", new("A bot wrote it where", "满足条件时视为机器人"), Condition("$.user.is_bot")),
        new("group", new("It is a group where", "满足条件时视为群组"), Condition("$.channel.type != direct")),
        new("mention", new("Name of the assistant", "助手的名称"), new("A message with it is meant for the assistant: @helper", "包含该名称的消息视为发给助手：@helper")),
        GroupRule.Field,
        new("sendUrl", new("Address to send to", "发送地址"),
            new("May hold {chat}, {thread} and {id}.", "可包含 {chat}、{thread} 和 {id}。"), SettingKind.Url, IsRequired: true),
        new("sendBody", new("Body to send", "发送内容"),
            new("JSON with {text}, {chat}, {thread}, {replyTo} and {id} in its texts.", "JSON，文本中可包含 {text}、{chat}、{thread}、{replyTo} 和 {id}。"),
            Default: """{"chat": "{chat}", "text": "{text}", "id": "{id}"}"""),
        new("fileBody", new("Body that shows a file", "发送文件的内容"),
            new("JSON with {file}, its address for a week, {fileName}, {fileType}, {chat}, {thread}, {replyTo} and {id}. When empty, the address is said in words.",
                "JSON，可包含 {file}（一周内有效的地址）、{fileName}、{fileType}、{chat}、{thread}、{replyTo} 和 {id}。为空时，地址以文字发送。")),
        new("sendAuth", new("Sending is proven by", "发送的验证方式"),
            new("A signature is of the kind chosen above.", "签名使用上面选择的类型。"),
            SettingKind.Choice, Default: "bearer", Choices:
            [
                new("bearer", new("A bearer token", "Bearer 令牌")), new("header", new("A secret in a header", "请求头中的密钥")),
                new("signature", new("A signature", "签名")), new("none", new("Nothing", "不验证")),
            ]),
        new("sendSecret", new("Secret for sending", "发送密钥"), new("The token, or what is signed with. The secret above when empty.", "令牌或签名密钥。为空时使用上面的密钥。"), SettingKind.Secret),
        new("sendHeader", new("Header for sending", "发送请求头"), new("For a secret or signature.", "用于密钥或签名。"), Default: "X-Signature"),
        new("sentId", new("Id in the answer", "应答中的编号"), Path("$.id")),
        new("sentOk", new("It was taken where", "满足条件时视为已接受"), Condition("$.ok")),
        new("sentError", new("Reason in the answer", "应答中的原因"), Path("$.error")),
        new("format", new("Format", "格式"),
            new("What the platform makes of a text.", "平台对文本的处理方式。"),
            SettingKind.Choice, Default: "plain", Choices: [new("plain", new("Plain text", "纯文本")), new("markdown", new("Markdown", "Markdown"))]),
    ];

    private static LocalizedText Path(string example) => new($"A path such as {example}", $"路径，例如 {example}");

    private static LocalizedText Condition(string example) => new($"A condition such as {example}", $"条件，例如 {example}");
}
