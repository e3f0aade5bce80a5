using System.Text.Json;

namespace Assistant.Web.Hubs;

/// <summary>What a device asks over an encrypted line.</summary>
/// <param name="Id">Comes back with the answer; 0 when none is wanted.</param>
/// <param name="Name">A method of <see cref="ChatHub"/>, or <see cref="Ping"/>.</param>
internal sealed record SealedCall(int Id, string? Name, IReadOnlyList<JsonElement>? Args)
{
    /// <summary>Asks for nothing but an answer: a frame that went missing shows by the next one.</summary>
    public const string Ping = "Ping";

    /// <exception cref="JsonException">There is none, or it is of another kind.</exception>
    public T? Argument<T>(int index) =>
        Args is { } given && index < given.Count ? given[index].Deserialize<T>(SealedLine.Json) : throw new JsonException("An argument is missing.");
}

/// <summary>An event of <see cref="IChatEvents"/> on an encrypted line.</summary>
internal sealed record SealedEvent(string Event, object?[] Args);

/// <summary>The answer to a <see cref="SealedCall"/>.</summary>
/// <param name="Failed">It could not be done now; it may be asked again.</param>
internal sealed record SealedAnswer(int Id, object? Result, bool Failed);
