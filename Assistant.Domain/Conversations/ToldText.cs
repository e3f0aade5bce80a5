using Assistant.Domain.Messaging;

namespace Assistant.Domain.Conversations;

/// <summary>
/// What was said as an engine reads it, in its own turn and in the history of later ones: what it answers, the words, then the names of the files they
/// brought. Of what was passed on, that somebody else wrote it.
/// </summary>
public static class ToldText
{
    public static string Of(Message message, AnsweredWords? answered)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Of(message.Body.Markdown, message.Attachments, message.Body.IsForwarded, answered);
    }

    public static string Of(HistoryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Of(message.Text, message.Attachments, message.IsForwarded, message.Answered);
    }

    private static string Of(string words, IReadOnlyList<Attachment> files, bool isForwarded, AnsweredWords? answered)
    {
        var told = files.Count == 0
            ? words
            : $"{words}\n[{string.Join(", ", files.Select(file => file.FileName is null ? file.Kind : $"{file.Kind}: {file.FileName}"))}]".Trim();
        told = isForwarded ? $"[Forwarded, written by somebody else:] {told}" : told;
        return answered is null ? told : $"{answered} {told}";
    }
}
