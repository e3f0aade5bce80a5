using System.Globalization;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>How far a mailbox is read: all mails up to a number, as long as the server counts as it did (RFC 3501, section 2.3.1.1).</summary>
/// <param name="Validity">The server's UIDVALIDITY: another value, and the numbers mean nothing any more.</param>
/// <param name="Last">Highest number read.</param>
/// <param name="At">When it was noted.</param>
internal sealed record EmailCursor(uint Validity, uint Last, DateTimeOffset At)
{
    private const long LastSecond = 253_402_300_799;

    /// <summary>The cursor, or <see langword="null"/> when the text is none.</summary>
    public static EmailCursor? Parse(string? text)
        => text?.Split(':') is [var validity, var last, var at]
            && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var v)
            && uint.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var l)
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LastSecond
                ? new EmailCursor(v, l, DateTimeOffset.FromUnixTimeSeconds(seconds))
                : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Validity}:{Last}:{At.ToUnixTimeSeconds()}");
}
