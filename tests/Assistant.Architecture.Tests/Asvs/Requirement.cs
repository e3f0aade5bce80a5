namespace Assistant.Architecture.Tests.Asvs;

/// <summary>Where the product stands with a requirement.</summary>
internal enum Standing { Shown, Partly, NotYet, DoesNotApply }

/// <summary>A requirement of the OWASP Application Security Verification Standard 5.0.0, levels 1 and 2.</summary>
/// <param name="Id">Of the standard, e.g. <c>V3.4.1</c>, or a chapter that was not gone through yet, e.g. <c>V1</c>.</param>
/// <param name="About">In a few words of ours.</param>
/// <param name="Tests"><c>Class.Method</c>, separated by spaces; empty when there is none.</param>
/// <param name="Why">What the tests leave open, or why there are none.</param>
internal sealed record Requirement(string Id, string About, Standing Standing, string Tests = "", string Why = "")
{
    public IEnumerable<string> TestNames => Tests.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
