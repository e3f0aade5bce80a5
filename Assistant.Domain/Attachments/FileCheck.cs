using System.Globalization;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Attachments;

/// <summary>What was found of a file's content.</summary>
internal abstract record FileVerdict
{
    private FileVerdict() { }

    /// <summary>May be kept.</summary>
    /// <param name="Content">As it is kept: a picture without what it tells of whoever took it.</param>
    public sealed record Fit(FileType Type, ReadOnlyMemory<byte> Content) : FileVerdict;

    /// <summary>May not.</summary>
    public sealed record Unfit(AttachmentState State, Phrase Reason) : FileVerdict;
}

/// <summary>Looks at a file, whoever brings it. Nothing about it is believed but what its bytes say.</summary>
public static class FileCheck
{
    internal static FileVerdict Judge(string? fileName, string? mediaType, ReadOnlyMemory<byte> content, AttachmentLimits limits)
    {
        if (content.Length > limits.MaxBytes)
        {
            return new FileVerdict.Unfit(AttachmentState.TooLarge, TooLarge(limits.MaxBytes));
        }

        var type = FileType.Of(content.Span);
        if (!type.IsHonest(fileName, mediaType))
        {
            return new FileVerdict.Unfit(AttachmentState.Refused, Phrase.Of("attachment.not-what-it-says"));
        }

        if (!type.IsRaster)
        {
            return new FileVerdict.Fit(type, content);
        }

        return Picture.Clean(type, content.Span) is not { } picture
            ? new FileVerdict.Unfit(AttachmentState.Refused, Phrase.Of("attachment.broken-picture"))
            : picture.Pixels > limits.MaxPixels
            ? new FileVerdict.Unfit(AttachmentState.TooLarge, Phrase.Of("attachment.too-many-pixels", ("limit", Number(limits.MaxPixels))))
            : new FileVerdict.Fit(type, picture.Content);
    }

    /// <summary>Why a file of more than <paramref name="limit"/> bytes is not taken.</summary>
    public static Phrase TooLarge(long limit) => Phrase.Of("attachment.too-large", ("limit", Number(limit)));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
