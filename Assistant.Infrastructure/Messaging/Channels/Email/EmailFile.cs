using System.Globalization;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Where a file lies: the reference of an <see cref="Attachment"/>. It holds no secret.</summary>
/// <param name="Part">Its place in the mail, as IMAP counts: <c>2</c>, <c>1.3</c>.</param>
/// <param name="MessageId">Finds the mail again when the server has counted anew.</param>
internal sealed record EmailFile(uint Validity, uint Uid, string Part, string MessageId)
{
    /// <summary>The place, or <see langword="null"/> when the text names none.</summary>
    public static EmailFile? Parse(string text)
        => text.Split('/', 4) is [var validity, var uid, var part, var id]
            && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var v)
            && uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out var u) && u > 0
            && part.Length is > 0 and < 100 && part.Split('.').All(step => step.Length is > 0 and < 6 && step.All(char.IsAsciiDigit))
                ? new EmailFile(v, u, part, id)
                : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Validity}/{Uid}/{Part}/{MessageId}");
}
