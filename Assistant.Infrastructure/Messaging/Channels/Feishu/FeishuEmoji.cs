using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Feishu's own emoji, for those that Unicode has a picture of too. Others stay names.</summary>
/// <remarks>The names are those of <see href="https://open.feishu.cn/document/server-docs/im-v1/message-reaction/emojis-introduce"/>; their case counts.</remarks>
internal static class FeishuEmoji
{
    private static readonly Dictionary<string, string> Pictures = new(StringComparer.Ordinal)
    {
        ["OK"] = "👌", ["THUMBSUP"] = "👍", ["ThumbsDown"] = "👎", ["THANKS"] = "🙏", ["MUSCLE"] = "💪", ["FINGERHEART"] = "🫰", ["APPLAUSE"] = "👏", ["FISTBUMP"] = "👊",
        ["SALUTE"] = "🫡", ["SHAKE"] = "🤝", ["HIGHFIVE"] = "🙌", ["JIAYI"] = "+1", ["MinusOne"] = "-1", ["DONE"] = "✅", ["CheckMark"] = "✔️",
        ["CrossMark"] = "❌", ["Hundred"] = "💯", ["LGTM"] = "LGTM", ["OKR"] = "OKR", ["18X"] = "🔞", ["YEAH"] = "✌️",

        ["SMILE"] = "🙂", ["BLUSH"] = "😊", ["LAUGH"] = "😄", ["SMIRK"] = "😏", ["LOL"] = "😂", ["FACEPALM"] = "🤦", ["LOVE"] = "😍", ["WINK"] = "😉", ["THINKING"] = "🤔",
        ["SOB"] = "😭", ["CRY"] = "😢", ["GLANCE"] = "👀", ["DULL"] = "😐", ["JOYFUL"] = "😁", ["WOW"] = "🤩", ["EMBARRASSED"] = "😅", ["KISS"] = "😘",
        ["SMOOCH"] = "😚", ["DROOL"] = "🤤", ["MONEY"] = "🤑", ["TEASE"] = "😜", ["CLAP"] = "👏", ["SILENT"] = "🤐", ["WAVE"] = "👋", ["WHAT"] = "❓",
        ["FROWN"] = "🙁", ["SHY"] = "☺️", ["DIZZY"] = "😵", ["CHUCKLE"] = "🤭", ["WAIL"] = "😭", ["CRAZY"] = "🤪", ["HUG"] = "🤗", ["SHHH"] = "🤫", ["ANGRY"] = "😡",
        ["HAMMER"] = "🔨", ["SHOCKED"] = "😱", ["TERROR"] = "😨", ["SKULL"] = "💀", ["SWEAT"] = "😓", ["SPEECHLESS"] = "😶", ["SLEEP"] = "😴", ["DROWSY"] = "😪", ["YAWN"] = "🥱",
        ["SICK"] = "😷", ["PUKE"] = "🤮", ["HEADSET"] = "🎧", ["TONGUE"] = "😛",

        ["HEART"] = "❤️", ["HEARTBROKEN"] = "💔", ["ROSE"] = "🌹", ["PARTY"] = "🎉", ["LIPS"] = "💋", ["BEER"] = "🍺", ["CAKE"] = "🎂", ["GIFT"] = "🎁", ["CUCUMBER"] = "🥒",
        ["Drumstick"] = "🍗", ["Pepper"] = "🌶️", ["BubbleTea"] = "🧋", ["Coffee"] = "☕", ["Lemon"] = "🍋", ["CALF"] = "🐮", ["BEAR"] = "🐻", ["BULL"] = "🐂",
        ["Pin"] = "📌", ["Alarm"] = "⏰", ["Loudspeaker"] = "📢", ["Trophy"] = "🏆", ["Fire"] = "🔥", ["BOMB"] = "💣", ["Music"] = "🎵", ["XmasTree"] = "🎄", ["Snowman"] = "⛄",
        ["XmasHat"] = "🎅", ["FIREWORKS"] = "🎆", ["REDPACKET"] = "🧧", ["FIRECRACKER"] = "🧨", ["POOP"] = "💩", ["CLEAVER"] = "🔪", ["Soccer"] = "⚽", ["Basketball"] = "🏀",
        ["StatusFlashOfInspiration"] = "💡", ["StatusReading"] = "📖", ["StatusInFlight"] = "✈️", ["StatusBus"] = "🚌", ["GeneralTravellingCar"] = "🚗", ["GeneralSun"] = "☀️",
        ["GeneralMoonRest"] = "🌙", ["GeneralDoNotDisturb"] = "⛔",
    };

    /// <summary>Names of those that Unicode has a picture of.</summary>
    public static IReadOnlyCollection<string> Known => Pictures.Keys;

    /// <summary>The emoji, or the name between colons, so that it reads as one; a name too long for that is left as it is, to be refused.</summary>
    public static string Read(string name) => Pictures.TryGetValue(name, out var emoji) ? emoji : name.Length > PersonReactions.MaxLength - 2 ? name : $":{name}:";
}
