using System.Diagnostics.CodeAnalysis;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class WebhookSettings
{
    private readonly SettingValues _values;
    private readonly List<string> _wrong = [];

    private WebhookSettings(SettingValues values)
    {
        _values = values.WithDefaults(WebhookFields.All);
        Rule = new SignatureRule(_values.Require("signature"), _values.Find("signaturePrefix") ?? "", _values.Require("signed"));
        Groups = GroupRule.Of(_values);
        BodyProof = ProofKind == "body" ? Query("proofName") : null;
        (Challenge, Items) = (Query("challenge"), Query("items"));
        (Id, Text, Chat, Sender) = (Query("id"), Query("text"), Query("chat"), Query("sender"));
        (Name, Thread, Title, Time, ReplyTo) = (Query("name"), Query("thread"), Query("title"), Query("time"), Query("replyTo"));
        (Only, Edited, Deleted, Bot, Group) = (Condition("only"), Condition("edited"), Condition("deleted"), Condition("bot"), Condition("group"));
        (SentId, SentOk, SentError) = (Query("sentId"), Condition("sentOk"), Query("sentError"));
        (Files, FileUrl, FileName, FileType) = (Query("files"), Query("fileUrl"), Query("fileName"), Query("fileType"));
        var address = _values.Find("sendUrl") ?? "";
        if (!OutgoingTemplate.TryParse(address, _values.Require("sendBody"), OutgoingTemplate.Names, out var template))
        {
            _wrong.Add("sendUrl, sendBody");
        }

        OutgoingTemplate? fileTemplate = null;
        if (_values.Find("fileBody") is { } fileBody && !OutgoingTemplate.TryParse(address, fileBody, OutgoingTemplate.FileNames, out fileTemplate))
        {
            _wrong.Add("fileBody");
        }

        if (ProofKind == "signature" && !Rule.Signed.Contains(SignatureRule.Body, StringComparison.Ordinal))
        {
            _wrong.Add("signed"); // a signature that covers nothing proves nothing
        }

        (Template, FileTemplate) = (template, fileTemplate);
    }

    public string ProofKind => _values.Require("proof");

    public string Secret => _values.Find("secret") ?? "";

    /// <summary>Lower case, as headers come.</summary>
    public string ProofHeader => _values.Require("proofName").ToLowerInvariant();

    public JsonQuery? BodyProof { get; }

    public SignatureRule Rule { get; }

    public string? TimestampHeader => _values.Find("timestampHeader")?.ToLowerInvariant();

    public JsonQuery? Challenge { get; }

    public JsonQuery? Items { get; }

    public JsonQuery? Id { get; }

    public JsonQuery? Text { get; }

    public JsonQuery? Chat { get; }

    public JsonQuery? Sender { get; }

    public JsonQuery? Name { get; }

    public JsonQuery? Thread { get; }

    public JsonQuery? Title { get; }

    public JsonQuery? Time { get; }

    public JsonQuery? ReplyTo { get; }

    /// <summary>A list, at each entry of which the three below begin; <see langword="null"/> where they begin at the message.</summary>
    public JsonQuery? Files { get; }

    public JsonQuery? FileUrl { get; }

    public JsonQuery? FileName { get; }

    public JsonQuery? FileType { get; }

    public JsonCondition? Only { get; }

    public JsonCondition? Edited { get; }

    public JsonCondition? Deleted { get; }

    public JsonCondition? Bot { get; }

    public JsonCondition? Group { get; }

    public string? Mention => _values.Find("mention")?.Trim();

    public GroupRule Groups { get; }

    public OutgoingTemplate? Template { get; }

    /// <summary>What shows a file; <see langword="null"/> where its address is said in words.</summary>
    public OutgoingTemplate? FileTemplate { get; }

    public string SendAuth => _values.Require("sendAuth");

    public string SendSecret => _values.Find("sendSecret") ?? Secret;

    public string SendHeader => _values.Require("sendHeader");

    public JsonQuery? SentId { get; }

    public JsonCondition? SentOk { get; }

    public JsonQuery? SentError { get; }

    public bool IsMarkdown => _values.Require("format") == "markdown";

    /// <summary>Reads them.</summary>
    /// <param name="wrong">Keys whose values mean nothing, when there are such.</param>
    public static bool TryRead(SettingValues values, [NotNullWhen(true)] out WebhookSettings? settings, out string wrong)
    {
        var read = new WebhookSettings(values);
        wrong = string.Join(", ", read._wrong);
        settings = read._wrong.Count == 0 ? read : null;
        return settings is not null;
    }

    private JsonQuery? Query(string key)
    {
        if (_values.Find(key) is not { } text)
        {
            return null;
        }

        if (!JsonQuery.TryParse(text, out var query))
        {
            _wrong.Add(key);
        }

        return query;
    }

    private JsonCondition? Condition(string key)
    {
        if (_values.Find(key) is not { } text)
        {
            return null;
        }

        if (!JsonCondition.TryParse(text, out var condition))
        {
            _wrong.Add(key);
        }

        return condition;
    }
}
