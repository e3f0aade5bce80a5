using Assistant.Domain.Wording;

namespace Assistant.Domain.Diagnostics;

/// <summary>How a finding is to be taken.</summary>
public enum FindingLevel { Fine, Warning, Failed }

/// <summary>One thing that was looked at.</summary>
/// <param name="Area">What it belongs to, e.g. <c>data</c>, <c>channel tg</c>.</param>
/// <param name="Detail">What is, and what it means.</param>
/// <param name="Fix">What to do; <see langword="null"/> when nothing needs doing.</param>
public sealed record Finding(string Area, FindingLevel Level, Phrase Detail, Phrase? Fix = null)
{
    public static Finding Fine(string area, string detail) => new(area, FindingLevel.Fine, new Phrase.Verbatim(detail));

    public static Finding Warning(string area, string detail, string fix) => new(area, FindingLevel.Warning, new Phrase.Verbatim(detail), new Phrase.Verbatim(fix));

    public static Finding Failed(string area, string detail, string fix) => new(area, FindingLevel.Failed, new Phrase.Verbatim(detail), new Phrase.Verbatim(fix));
}

/// <summary>A part of the examination <c>assistant doctor</c> makes. Changes nothing; works beside a serving process.</summary>
public interface IDiagnostic
{
    /// <summary>Lower runs first: what others stand on comes before them.</summary>
    int Order { get; }

    Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken);
}
