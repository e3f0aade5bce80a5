namespace Assistant.Domain.Security.Passkeys;

/// <summary>How the first half of a ceremony ended.</summary>
public abstract record BeginPasskeyOutcome
{
    private BeginPasskeyOutcome() { }

    /// <param name="Ceremony">To be given back with the answer.</param>
    /// <param name="OptionsJson">For the browser.</param>
    public sealed record Begun(Guid Ceremony, string OptionsJson) : BeginPasskeyOutcome;

    /// <summary>The password given as proof is wrong, or the account is locked.</summary>
    public sealed record Refused(SignInRefusal Reason) : BeginPasskeyOutcome;

    /// <summary>The user has <see cref="PasskeyDesk.MaxPerUser"/>.</summary>
    public sealed record TooMany : BeginPasskeyOutcome;

    /// <summary>The user has none to sign with.</summary>
    public sealed record NoPasskey : BeginPasskeyOutcome;
}

/// <summary>How adding a passkey ended.</summary>
public abstract record AddPasskeyOutcome
{
    private AddPasskeyOutcome() { }

    public sealed record Added(Passkey Passkey) : AddPasskeyOutcome;

    /// <summary>The operator does not want this model of authenticator.</summary>
    public sealed record ModelDenied : AddPasskeyOutcome;

    /// <summary>The challenge is spent or expired, or the answer does not hold.</summary>
    public sealed record Invalid : AddPasskeyOutcome;
}
