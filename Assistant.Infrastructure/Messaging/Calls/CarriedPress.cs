using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What a button carries where the messenger says only the data of the button pressed: the message and the label travel in it.</summary>
internal readonly record struct CarriedPress(Guid Message, string Data, string Label)
{
    private const char Between = '\n';

    /// <param name="most">Longest data of a button, in UTF-16 units; the label gives way.</param>
    public string Write(int most) => Legible.Cut($"{Message:N}{Between}{Data}{Between}{Label}", most);

    /// <returns><see langword="null"/> for data that is no button of ours: a menu's, say.</returns>
    public static CarriedPress? Read(string text)
        => text.Split(Between, 3) is [var id, var data, var label] && Guid.TryParseExact(id, "N", out var message) ? new(message, data, label) : null;
}
