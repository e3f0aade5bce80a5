using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>Emoji as workplace messengers name them (<c>thumbsup</c>, <c>+1::skin-tone-2</c>), for those people react with most.</summary>
/// <remarks>The names are those of <see href="https://github.com/iamcal/emoji-data"/>, which Slack and Mattermost use. Others stay names.</remarks>
internal static class EmojiNames
{
    private static readonly Dictionary<string, string> Pictures = new(StringComparer.Ordinal)
    {
        ["+1"] = "👍", ["thumbsup"] = "👍", ["-1"] = "👎", ["thumbsdown"] = "👎", ["heart"] = "❤️", ["tada"] = "🎉", ["eyes"] = "👀", ["pray"] = "🙏", ["clap"] = "👏",
        ["raised_hands"] = "🙌", ["ok_hand"] = "👌", ["wave"] = "👋", ["muscle"] = "💪", ["fire"] = "🔥", ["rocket"] = "🚀", ["100"] = "💯", ["star"] = "⭐",
        ["white_check_mark"] = "✅", ["heavy_check_mark"] = "✔️", ["x"] = "❌", ["question"] = "❓", ["grinning"] = "😀", ["smile"] = "😄", ["laughing"] = "😆",
        ["joy"] = "😂", ["rolling_on_the_floor_laughing"] = "🤣", ["slightly_smiling_face"] = "🙂", ["heart_eyes"] = "😍", ["thinking_face"] = "🤔", ["thinking"] = "🤔",
        ["sob"] = "😭", ["cry"] = "😢", ["disappointed"] = "😞", ["open_mouth"] = "😮", ["scream"] = "😱", ["rage"] = "😡", ["partying_face"] = "🥳",
    };

    /// <summary>The emoji, or the name between colons, so that it reads as one; a name too long for that is left as it is, to be refused.</summary>
    public static string Read(string name)
    {
        var tone = name.IndexOf("::", StringComparison.Ordinal);
        var plain = tone > 0 ? name[..tone] : name;
        return Pictures.TryGetValue(plain, out var emoji) ? emoji : plain.Length is 0 or > PersonReactions.MaxLength - 2 ? name : $":{plain}:";
    }
}
