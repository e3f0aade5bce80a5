using Assistant.Domain.Messaging;

namespace Assistant.Domain.Conversations;

/// <summary>What was said as an engine reads it, in its own turn and in the history of later ones: the words, then the names of the files they brought.</summary>
public static class ToldText
{
    public static string Of(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Of(message.Body.Markdown, message.Attachments);
    }

    public static string Of(HistoryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Of(message.Text, message.Attachments);
    }

    private static string Of(string words, IReadOnlyList<Attachment> files) => files.Count == 0
        ? words
        : $"{words}\n[{string.Join(", ", files.Select(file => file.FileName is null ? file.Kind : $"{file.Kind}: {file.FileName}"))}]".Trim();
}
