namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>What a button carries. LINE says only the data of the button pressed, so the message and the label travel in it.</summary>
internal readonly record struct LinePress(Guid Message, string Data, string Label)
{
    /// <summary>Longest data of a button, in UTF-16 units.</summary>
    public const int MaxLength = 300;

    private const char Between = '\n';

    public string Write()
    {
        var text = $"{Message:N}{Between}{Data}{Between}{Label}";
        return text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
    }

    /// <returns><see langword="null"/> for data that is no button of ours: a rich menu's, say.</returns>
    public static LinePress? Read(string text)
        => text.Split(Between, 3) is [var id, var data, var label] && Guid.TryParseExact(id, "N", out var message) ? new(message, data, label) : null;
}
