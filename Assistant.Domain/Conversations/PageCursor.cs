using System.Globalization;

namespace Assistant.Domain.Conversations;

/// <summary>Where a page ended in a list that is ordered by time, then id: several rows may share a moment.</summary>
/// <remarks>Lists with a simpler order read their cursors here too, so that all refuse the same way what is none of theirs.</remarks>
public sealed record PageCursor(DateTimeOffset At, Guid Id)
{
    private static readonly long LastMoment = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <returns><see langword="null"/> when a list is read from its beginning.</returns>
    /// <exception cref="UnknownCursorException">No page ended so.</exception>
    public static PageCursor? Read(string? after) => after?.Split('_') switch
    {
        null or [""] => null,
        [var at, var id] when Number(at) is { } moment && moment <= LastMoment && Guid.TryParse(id, out var row)
            => new PageCursor(DateTimeOffset.FromUnixTimeMilliseconds(moment), row),
        _ => throw new UnknownCursorException(),
    };

    /// <inheritdoc cref="Read"/>
    public static long? ReadNumber(string? after) => string.IsNullOrEmpty(after) ? null : Number(after) ?? throw new UnknownCursorException();

    /// <inheritdoc cref="Read"/>
    public static Guid? ReadId(string? after)
        => string.IsNullOrEmpty(after) ? null : Guid.TryParse(after, out var id) ? id : throw new UnknownCursorException();

    /// <summary>What <see cref="Read"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}_{Id}");

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A cursor that no page of the list gave: going on from the beginning instead would make a caller read for ever.</summary>
public sealed class UnknownCursorException() : ArgumentException("This is not the 'next' of a page before.");
