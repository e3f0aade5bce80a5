using System.Security.Cryptography;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.Gateway;

/// <summary>Who is let in: a connection's policy against a sender's standing. Closed unless opened.</summary>
public static class AccessRules
{
    /// <summary>How long a pairing code is valid.</summary>
    public static readonly TimeSpan PairingCodeLifetime = TimeSpan.FromHours(1);

    // Without 0 O 1 I L U V: read aloud or copied by hand, every character is itself.
    private const string CodeAlphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";
    private const int CodeLength = 8;

    private static readonly Admission Admitted = new Admission.Admit();

    /// <summary>The decision for one event. Pure but for the code it draws.</summary>
    public static Admission Decide(AccessPolicy policy, Standing standing, string? locale, DateTimeOffset now) => (policy, standing) switch
    {
        (AccessPolicy.Blocked, _) => new Admission.Refuse(Phrase.Of("access.closed")),
        (_, Standing.Blocked) => new Admission.Refuse(Phrase.Of("access.blocked")),
        (_, Standing.Approved) or (AccessPolicy.Open, _) => Admitted,
        (AccessPolicy.Pairing, _) => Pair(locale, now),
        _ => new Admission.Refuse(Phrase.Of("access.unlisted")),
    };

    private static Admission.Pair Pair(string? locale, DateTimeOffset now)
    {
        var code = RandomNumberGenerator.GetString(CodeAlphabet, CodeLength);
        return new Admission.Pair(
            new PairingCode(code, now + PairingCodeLifetime),
            locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true
                ? $"您好！我还不认识您。请把这个配对码告诉管理员：**{code}**（一小时内有效）。批准之后我们就可以聊天了。"
                : $"Hello! I don't know you yet. Please give this pairing code to an operator: **{code}** (valid for one hour). Once approved, we can talk.");
    }
}
