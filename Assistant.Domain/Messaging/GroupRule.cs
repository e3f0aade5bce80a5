using Assistant.Domain.Settings;

namespace Assistant.Domain.Messaging;

/// <summary>When the assistant answers in a group: a setting of every connection to a messenger that has groups. In a direct chat it always answers.</summary>
public sealed class GroupRule
{
    private const string Mentioned = "mentioned";
    private const string Always = "always";
    private const string Never = "never";

    private readonly string? _chosen;

    private GroupRule(string? chosen) => _chosen = chosen;

    /// <summary>The setting; a channel with groups lists it in its manifest.</summary>
    public static SettingField Field { get; } = new(
        "groups",
        new("In groups", "在群组中"),
        new("When to answer in a group. What is not answered is kept, so that the assistant knows what was talked about.",
            "何时在群组中回答。未回答的内容也会保存，以便助手了解上下文。"),
        SettingKind.Choice, Default: Mentioned, Choices:
        [
            new(Mentioned, new("When mentioned or replied to", "被提及或被回复时")),
            new(Always, new("Always", "总是")),
            new(Never, new("Never", "从不")),
        ]);

    /// <summary>The rule of a connection.</summary>
    public static GroupRule Of(SettingValues settings) => new(settings.Find(Field.Key));

    /// <summary>Whether a message is one to answer: the value of <see cref="InboundMessage.IsAddressed"/>.</summary>
    /// <param name="isMentioned">Whether the messenger or the text says that the assistant is meant.</param>
    public bool IsAddressed(bool isGroup, bool isMentioned) => !isGroup || _chosen switch
    {
        Always => true,
        Never => false,
        _ => isMentioned,
    };
}
