using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Reactions as Teams names them: by a word of its own, or by the numbers of Unicode with a word behind them (<c>1f44b_wavinghand</c>), with a tone of skin perhaps.</summary>
/// <remarks>The ids are those of <see href="https://learn.microsoft.com/microsoftteams/platform/agents-in-teams/teams-reactions-reference"/>; of the words those people react with most.</remarks>
internal static class TeamsEmoji
{
    private static readonly Dictionary<string, string> Pictures = new(StringComparer.Ordinal)
    {
        ["like"] = "👍", ["heart"] = "❤️", ["laugh"] = "😆", ["surprised"] = "😮", ["sad"] = "🙁", ["angry"] = "😠",
        ["yes"] = "👍", ["no"] = "👎", ["ok"] = "👌", ["clappinghands"] = "👏", ["clap"] = "👏", ["handsinair"] = "🙌", ["praying"] = "🙏", ["handshake"] = "🤝", ["muscle"] = "💪",
        ["victory"] = "✌️", ["highfive"] = "✋", ["hi"] = "👋", ["fistbump"] = "🤜🤛", ["hearthands"] = "🫶", ["fingerheart"] = "🫰", ["fingerscrossed"] = "🤞",
        ["crossedfingers"] = "🤞", ["raisedfist"] = "✊", ["rock"] = "🤘", ["thanks"] = "🙇‍♀️", ["bow"] = "🙇‍♂️", ["bowing"] = "🙇", ["shrug"] = "🤷", ["facepalm"] = "🤦", ["launch"] = "🚀",
        ["happyface"] = "😃", ["grinningfacewithsmilingeyes"] = "😄", ["sweatgrinning"] = "😅", ["rofl"] = "🤣", ["cwl"] = "😂", ["smile"] = "🙂", ["upsidedownface"] = "🙃",
        ["meltingface"] = "🫠", ["wink"] = "😉", ["smileeyes"] = "😊", ["blush"] = "😊", ["angel"] = "😇", ["inlove"] = "🥰", ["hearteyes"] = "😍", ["stareyes"] = "🤩", ["kiss"] = "😗",
        ["smilingfacewithtear"] = "🥲", ["tongueout"] = "😋", ["winktongueout"] = "😜", ["giggle"] = "🤭", ["lipssealed"] = "🤫", ["think"] = "🤔", ["salute"] = "🫡",
        ["wonder"] = "🤨", ["speechless"] = "😐", ["expressionless"] = "😑", ["smirk"] = "😏", ["unamused"] = "😒", ["dull"] = "🙄", ["relieved"] = "😌", ["pensive"] = "😔",
        ["sleepy"] = "😪", ["sleepingface"] = "😴", ["ill"] = "🤒", ["puke"] = "🤮", ["party"] = "🥳", ["cool"] = "😎", ["nerdy"] = "🤓", ["confused"] = "😕", ["worry"] = "😧",
        ["fearful"] = "😨", ["cry"] = "😢", ["loudlycrying"] = "😭", ["screamingfear"] = "😱", ["disappointed"] = "😞", ["sweat"] = "😓", ["weary"] = "😩", ["angryface"] = "😡",
        ["swear"] = "🤬", ["devil"] = "😈", ["skull"] = "💀", ["poop"] = "💩", ["ghost"] = "👻", ["brokenheart"] = "💔", ["twohearts"] = "💕", ["sparklingheart"] = "💖",
        ["heartonfire"] = "❤️‍🔥", ["heartpink"] = "🩷", ["heartorange"] = "🧡", ["heartyellow"] = "💛", ["heartgreen"] = "💚", ["heartblue"] = "💙", ["heartpurple"] = "💜",
        ["heartbrown"] = "🤎", ["heartblack"] = "🖤", ["heartgrey"] = "🩶", ["heartwhite"] = "🤍", ["bomb"] = "💣", ["idea"] = "💡", ["fire"] = "🔥",
    };

    /// <summary>The emoji, without its tone; or the name between colons, so that it reads as one. A name too long for that is left as it is, to be refused.</summary>
    public static string Read(string id)
    {
        var name = id is [.., '-', 't', 'o', 'n', 'e', >= '1' and <= '5'] ? id[..^6] : id;
        return Pictures.TryGetValue(name, out var emoji) ? emoji : Numbered(name) ?? (name.Length is 0 or > PersonReactions.MaxLength - 2 ? name : $":{name}:");
    }

    // 2639_frowningface, or several that make one: 1f468_200d_1f9b0_maleredhaired.
    private static string? Numbered(string name)
    {
        if (name is not [>= '0' and <= '9', ..])
        {
            return null;
        }

        var emoji = new StringBuilder();
        foreach (var part in name.Split('_')[..^1])
        {
            if (part.Length is < 4 or > 6 || !int.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) || !Rune.TryCreate(number, out var rune))
            {
                break;
            }

            emoji.Append(rune.ToString());
        }

        // Old signs are shown in black and white without being asked for their picture.
        return emoji.Length == 0 ? null : emoji.Length == 1 ? emoji.Append('\uFE0F').ToString() : emoji.ToString();
    }
}
