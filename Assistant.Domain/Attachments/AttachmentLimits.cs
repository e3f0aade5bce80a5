namespace Assistant.Domain.Attachments;

/// <summary>What is kept of what people send, and how hard it is tried.</summary>
/// <param name="MaxBytes">Largest file; counted while it comes in, whatever was announced.</param>
/// <param name="MaxPixels">Largest picture, width times height, as its header says.</param>
/// <param name="FetchTimeout">Longest attempt; a claim runs out after it.</param>
/// <param name="MaxAttempts">After so many a file counts as not to be had.</param>
public sealed record AttachmentLimits(long MaxBytes, long MaxPixels, TimeSpan FetchTimeout, int MaxAttempts)
{
    /// <summary>20 MB, 50 million pixels, two minutes, ten attempts over about a quarter of an hour.</summary>
    public static AttachmentLimits Default { get; } = new(20_000_000, 50_000_000, TimeSpan.FromMinutes(2), 10);
}
