using MimeKit;
using MimeKit.Cryptography;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// Authentication-Results (RFC 8601). Only the words of one judge count, the operator's own mail server, named by the operator. It writes
// above what came from outside, so only the topmost run of its headers is read: those that stand together with no Received between them.
// A server must also take foreign headers with its own name out (section 5); the README says so.
//
// Microsoft 365 gives its headers no name at all. It writes one above whatever came from outside, so of it only the topmost header counts, and
// only if that has no name: what anybody wrote into their mail stands below.

/// <summary>Whether a mail is from the domain it says it is from.</summary>
internal static class EmailProof
{
    /// <summary>The judge whose headers name none.</summary>
    public const string Microsoft365 = "microsoft365";

    /// <param name="judge">The authserv-id whose word counts, or <see cref="Microsoft365"/>.</param>
    /// <param name="domain">Of the address in From, in lower case.</param>
    public static bool IsProven(MimeMessage mail, string judge, string domain)
    {
        if (mail.From.Mailboxes.Count() != 1 || mail.Headers.Count(header => header.Id == HeaderId.From) != 1)
        {
            return false;
        }

        var results = (Is(judge, Microsoft365) ? ResultsWithoutName(mail) : ResultsOf(mail, judge)).ToList();
        var dmarc = results.Where(result => Is(result.Method, "dmarc") && !IsWithoutRule(result)).ToList();
        return dmarc.Count > 0
            ? dmarc.TrueForAll(result => IsPass(result) && (Property(result, "header", "from") is not { } from || Is(from, domain)))
            : results.Exists(result => IsPass(result) && IsAligned(result, domain));
    }

    private static IEnumerable<AuthenticationMethodResult> ResultsWithoutName(MimeMessage mail)
    {
        if (mail.Headers.FirstOrDefault(header => header.Id == HeaderId.AuthenticationResults) is { } topmost
            && AuthenticationResults.TryParse(topmost.RawValue, out var results) && results.AuthenticationServiceIdentifier is null)
        {
            foreach (var result in results.Results)
            {
                yield return result;
            }
        }
    }

    private static IEnumerable<AuthenticationMethodResult> ResultsOf(MimeMessage mail, string judge)
    {
        var isReading = false;
        foreach (var header in mail.Headers)
        {
            if (header.Id == HeaderId.AuthenticationResults && AuthenticationResults.TryParse(header.RawValue, out var results)
                && results.AuthenticationServiceIdentifier is { } by && Is(by, judge))
            {
                isReading = true;
                foreach (var result in results.Results)
                {
                    yield return result;
                }
            }
            else if (isReading && header.Id == HeaderId.Received)
            {
                yield break;
            }
        }
    }

    /// <summary>A signature, or the way it came, of the very domain or one above it.</summary>
    private static bool IsAligned(AuthenticationMethodResult result, string domain) => result.Method.ToLowerInvariant() switch
    {
        "dkim" => Property(result, "header", "d") is { } signer ? IsSameOrAbove(signer, domain)
            : Property(result, "header", "i") is { } identity && IsSameOrAbove(identity[(identity.LastIndexOf('@') + 1)..], domain),
        "spf" => Property(result, "smtp", "mailfrom") is { } sender && Is(sender[(sender.LastIndexOf('@') + 1)..], domain),
        _ => false,
    };

    private static bool IsSameOrAbove(string signer, string domain)
        => Is(signer, domain) || (signer.Contains('.', StringComparison.Ordinal) && domain.EndsWith("." + signer, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the domain has said nothing about DMARC; Microsoft then guesses what would be if it had.</summary>
    private static bool IsWithoutRule(AuthenticationMethodResult result) => Is(result.Result ?? "", "none") || Is(result.Result ?? "", "bestguesspass");

    private static bool IsPass(AuthenticationMethodResult result) => Is(result.Result ?? "", "pass");

    private static string? Property(AuthenticationMethodResult result, string type, string name)
        => result.Properties.FirstOrDefault(property => Is(property.PropertyType, type) && Is(property.Property, name))?.Value;

    private static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
