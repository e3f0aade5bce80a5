namespace Assistant.Domain.Security;

/// <summary>What is wrong with a password.</summary>
public enum PasswordFlaw
{
    /// <summary>Shorter than <see cref="PasswordPolicy.MinLength"/>, longer than <see cref="PasswordPolicy.MaxLength"/>, or of fewer than five different characters.</summary>
    Length,

    /// <summary>Made of what everybody tries first: see <see cref="PredictableParts"/>.</summary>
    Guessable,

    /// <summary>In the operator's list of passwords known from breaches.</summary>
    Breached,
}

/// <summary>What a password must be: long, and not what everybody tries first. Composition rules make passwords worse (NIST SP 800-63B, section 3.1.1.2).</summary>
public static class PasswordPolicy
{
    public const int MinLength = 12;

    /// <summary>Bounds the work of hashing.</summary>
    public const int MaxLength = 200;

    /// <summary>What must remain of a password when each predictable part counts as one character.</summary>
    private const int MinUnpredictable = 8;

    /// <summary>Whether there is nothing wrong that a look at the password shows.</summary>
    public static bool Accepts(string password) => FindFlaw(password) is null;

    /// <summary>What to do about a flaw, in English; the console has its own words.</summary>
    public static string Explain(PasswordFlaw flaw) => flaw switch
    {
        PasswordFlaw.Guessable => "This password is made of what everybody tries first: common words, dates, keyboard rows, the e-mail address. Use words of your own.",
        PasswordFlaw.Breached => "This password is known from a breach. Use another one.",
        _ => $"A password has {MinLength} to {MaxLength} characters, at least five different ones.",
    };

    /// <param name="about">What others know of the account, such as its e-mail address: no part of a password to count on.</param>
    /// <returns><see langword="null"/> when there is none.</returns>
    public static PasswordFlaw? FindFlaw(string password, params IEnumerable<string> about)
        => password.Length is < MinLength or > MaxLength || password.Distinct().Count() < 5 ? PasswordFlaw.Length
            : PredictableParts.RemainderOf(password, about) < MinUnpredictable ? PasswordFlaw.Guessable
            : null;
}

/// <summary>Passwords known from breaches, kept on this machine: nothing is asked over the network. Safe for concurrent use.</summary>
public interface IBreachedPasswords
{
    /// <returns><see langword="false"/> also when the operator has given no list.</returns>
    Task<bool> ContainsAsync(string password, CancellationToken cancellationToken);
}

/// <summary>The whole check of a new password: the rules, then the list.</summary>
public sealed class PasswordCheck(IBreachedPasswords? breached = null)
{
    /// <summary>See <see cref="PasswordPolicy.FindFlaw"/>.</summary>
    public async Task<PasswordFlaw?> FindFlawAsync(string password, string email, CancellationToken cancellationToken)
        => PasswordPolicy.FindFlaw(password, email) is { } flaw ? flaw
            : breached is not null && await breached.ContainsAsync(password, cancellationToken) ? PasswordFlaw.Breached
            : null;
}
