using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>What somebody wrote, out of an event's content. Pure, and total.</summary>
internal static class MatrixText
{
    private static readonly char[] AroundName = [' ', ',', ':', '，', '：', '\n', '\t', '.', '!', '?', '。', '！', '？'];

    /// <summary>Whether the assistant is mentioned: as the event says, or, of programs that say nothing, by its full name or a link to it.</summary>
    public static bool Mentions(LooseJson content, string me)
    {
        if (content["m.mentions"].IsObject)
        {
            return content["m.mentions"]["user_ids"].Items.Any(user => user.Text == me);
        }

        return Holds(content["body"].Text, me) || Holds(content["formatted_body"].Text, me) || Holds(content["formatted_body"].Text, Uri.EscapeDataString(me));
    }

    /// <summary>The words: without what a reply repeats of the message before, without the assistant's name where it only calls. Empty when there are none.</summary>
    public static string Read(LooseJson content, bool isSticker, MatrixPlace place, string sender)
    {
        var body = content["body"].Text ?? "";
        var words = content["msgtype"].Text switch
        {
            "m.image" or "m.audio" or "m.video" or "m.file" => CaptionOf(content, body),
            "m.emote" => $"* {place.Room.NameOf(sender)} {body}",
            "m.location" => $"📍 {content["geo_uri"].Text?.Replace("geo:", "", StringComparison.Ordinal)} {body}",
            null when !isSticker => "",
            _ => content["m.relates_to"]["m.in_reply_to"].IsObject ? WithoutQuotation(body) : body,
        };
        return place.Room.IsGroup && Mentions(content, place.Me) ? WithoutName(words.Trim(), place) : words.Trim();
    }

    // A body beside a file's name is what was said of it; otherwise it is the name.
    private static string CaptionOf(LooseJson content, string body) => content["filename"].Text is { } name && name != body ? body : "";

    // Older programs begin a reply with lines of the message it answers.
    private static string WithoutQuotation(string body)
    {
        if (!body.StartsWith("> <@", StringComparison.Ordinal) && !body.StartsWith("> * <@", StringComparison.Ordinal))
        {
            return body;
        }

        var lines = body.Split('\n');
        var rest = lines.SkipWhile(line => line.StartsWith('>')).ToArray();
        return string.Join('\n', rest.FirstOrDefault()?.Length == 0 ? rest[1..] : rest);
    }

    /// <summary>A name alone becomes the account's, which says to every reader that somebody was only called.</summary>
    private static string WithoutName(string words, MatrixPlace place)
    {
        var local = MatrixIds.LocalPartOf(place.Me);
        foreach (var name in new[] { place.Me, $"@{place.Room.NameOf(place.Me)}", place.Room.NameOf(place.Me), $"@{local}", local })
        {
            var at = words.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || !IsAround(words, at - 1) || !IsAround(words, at + name.Length))
            {
                continue;
            }

            var rest = Mention.TakeOff(words, at, name.Length);
            if (words.Length == name.Length || rest.Length < words.Length)
            {
                return words.Length == name.Length ? $"@{local}" : rest;
            }
        }

        return words;
    }

    private static bool IsAround(string words, int at) => at < 0 || at >= words.Length || AroundName.Contains(words[at]);

    private static bool Holds(string? text, string name) => text?.Contains(name, StringComparison.OrdinalIgnoreCase) == true;
}
