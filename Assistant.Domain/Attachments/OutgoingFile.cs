using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Attachments;

/// <summary>A file as somebody at the console hands it over.</summary>
public sealed record GivenFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>A file for a person that was looked at and may be kept and sent.</summary>
/// <param name="Named">As its message names it.</param>
public sealed record OutgoingFile(Attachment Named, string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>What became of the files of a reply.</summary>
public abstract record OutgoingFiles
{
    /// <summary>Most files of one reply.</summary>
    public const int MaxCount = 10;

    private OutgoingFiles() { }

    public sealed record Accepted(IReadOnlyList<OutgoingFile> Files) : OutgoingFiles;

    /// <summary>It was chosen, and its content did not come.</summary>
    public static Phrase NotReceived { get; } = Phrase.Of("attachment.not-received");

    /// <summary>Why no more than <see cref="MaxCount"/> go.</summary>
    public static Phrase TooMany { get; } = Phrase.Of("attachment.too-many", ("limit", MaxCount.ToString(CultureInfo.InvariantCulture)));

    /// <param name="Name">Of the file that cannot go.</param>
    public sealed record Refused(string Name, Phrase Reason) : OutgoingFiles;

    /// <summary>Looks at the files of one reply for a channel.</summary>
    /// <param name="isReachable">As of <see cref="IFileAddresses"/>: whether a messenger that fetches files can.</param>
    /// <remarks>Together they may have as many bytes as one alone, for they are written down in one unit.</remarks>
    public static OutgoingFiles For(ChannelManifest manifest, IReadOnlyList<GivenFile> given, AttachmentLimits limits, bool isReachable)
    {
        var files = new List<OutgoingFile>(given.Count);
        var largest = Math.Min(limits.MaxBytes, manifest.LargestFile);
        var left = limits.MaxBytes;
        foreach (var file in given)
        {
            if (!manifest.Can(ChannelCapabilities.OutboundAttachments))
            {
                return new Refused(file.Name, Phrase.Of("attachment.channel-sends-none", ("channel", manifest.DisplayName)));
            }

            if (manifest.FetchesFilesWithin is not null && !isReachable)
            {
                return new Refused(file.Name, Phrase.Of("attachment.needs-public-address", ("channel", manifest.DisplayName)));
            }

            if (files.Count == MaxCount)
            {
                return new Refused(file.Name, TooMany);
            }

            if (file.Content.IsEmpty)
            {
                return new Refused(file.Name, Phrase.Of("attachment.empty"));
            }

            if (file.Content.Length > Math.Min(largest, left))
            {
                return new Refused(file.Name, FileCheck.TooLarge(largest));
            }

            var name = OutboundFile.NameOf(file.Name);
            switch (FileCheck.Judge(name, null, file.Content, limits))
            {
                case FileVerdict.Fit fit when ReasonAgainst(manifest, fit) is { } reason:
                    return new Refused(file.Name, reason);
                case FileVerdict.Fit fit:
                    left -= fit.Content.Length;
                    files.Add(new OutgoingFile(new Attachment(fit.Type.Kind, "", name, fit.Type.MediaType, fit.Content.Length), fit.Type.MediaType, fit.Content));
                    break;
                case FileVerdict.Unfit unfit:
                    return new Refused(file.Name, unfit.Reason);
            }
        }

        return new Accepted(files);
    }

    /// <summary>Why a messenger of some kinds of files does not take this one; <see langword="null"/> when it does.</summary>
    /// <param name="types">As of <see cref="ChannelManifest.FileTypes"/>.</param>
    public static Phrase? ReasonAgainst(string channel, IReadOnlyDictionary<string, long> types, string mediaType, long sizeBytes)
    {
        if (!types.TryGetValue(mediaType, out var largest))
        {
            var kinds = types.Keys.Select(type => FileType.Named(type).Extensions is [var ending, ..] ? ending.TrimStart('.').ToUpperInvariant() : type);
            return Phrase.Of("attachment.channel-takes-only", ("channel", channel), ("kinds", string.Join(", ", kinds)));
        }

        return sizeBytes > largest ? FileCheck.TooLarge(largest) : null;
    }

    private static Phrase? ReasonAgainst(ChannelManifest manifest, FileVerdict.Fit fit)
        => manifest.FileTypes is { } types ? ReasonAgainst(manifest.DisplayName, types, fit.Type.MediaType, fit.Content.Length) : null;
}
