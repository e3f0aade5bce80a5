using System.Text;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>Words in and out. Pure, and total.</summary>
internal static partial class QqText
{
    /// <summary>QQ does not say how much it takes; it takes this, and five messages in answer to one.</summary>
    public static TextLimit Limit { get; } = new(2_000);

    // What QQ would make something else of: a mention, a picture, a command.
    private static readonly string[] Tags = ["<@", "<#", "<qqbot-", "<faceType=", "<emoji:"];

    /// <summary>The Markdown as words: a bot without a special right may send nothing else.</summary>
    public static string Render(string markdown)
        => Rendered.Fit(markdown, Limit, static (text, aligns) => Escaped(PlainRenderer.Render(text, aligns)), static words => words);

    /// <summary>What somebody wrote, pictures and the mentioned by their names, without a mention that only calls the bot.</summary>
    public static string Read(string content, IReadOnlyList<QqMention?>? mentions = null)
    {
        var words = Face().Replace(content, static face => NameOf(face.Groups[1].Value));
        var text = new StringBuilder();
        var own = new List<(int Start, int Length)>();
        var read = 0;
        foreach (Match tag in MentionTag().Matches(words))
        {
            var id = tag.Groups[1].Value;
            var mention = (mentions ?? []).FirstOrDefault(one => one is not null && (one.Id == id || one.MemberOpenid == id));
            var shown = mention?.Username is { Length: > 0 } name ? $"@{name}" : tag.Value;
            text.Append(words, read, tag.Index - read);
            if (mention?.IsYou == true)
            {
                own.Add((text.Length, shown.Length));
            }

            text.Append(shown);
            read = tag.Index + tag.Length;
        }

        return Mention.TakeOff(text.Append(words, read, words.Length - read).ToString(), own);
    }

    private static string Escaped(string words)
    {
        foreach (var tag in Tags)
        {
            words = words.Replace(tag, $"<\u200B{tag[1..]}", StringComparison.Ordinal);
        }

        return words;
    }

    private static string NameOf(string described)
    {
        var bytes = new byte[described.Length];
        return Convert.TryFromBase64String(described, bytes, out var length) && QqEvents.Read(bytes.AsSpan(0, length), QqJson.Default.QqFace)?.Text is { Length: > 0 and <= 40 } name ? name : "";
    }

    [GeneratedRegex("<faceType=[0-9]{1,3},faceId=\"[^\"<>]{0,20}\",ext=\"([A-Za-z0-9+/=]{0,400})\">", RegexOptions.CultureInvariant)]
    private static partial Regex Face();

    [GeneratedRegex("<@([A-Za-z0-9_-]{1,64})>", RegexOptions.CultureInvariant)]
    private static partial Regex MentionTag();
}
