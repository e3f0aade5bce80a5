namespace Assistant.Domain.Security.Passkeys;

/// <summary>
/// The cryptography of passkeys (WebAuthn Level 3, sections 7.1 and 7.2): makes challenges and checks answers. User
/// verification is always demanded. It stores nothing: that a challenge is answered once is its caller's business. Safe for concurrent use.
/// </summary>
public interface IPasskeyVerifier
{
    /// <summary>Asks an authenticator for a new passkey.</summary>
    /// <param name="existing">The user's own: no authenticator gets a second one.</param>
    Task<PasskeyChallenge> AskForNewAsync(User user, IReadOnlyList<Passkey> existing, CancellationToken cancellationToken);

    /// <summary>Asks for a signature by one of a user's passkeys, or by any that the authenticator finds.</summary>
    /// <param name="user"><see langword="null"/> for any.</param>
    Task<PasskeyChallenge> AskForSignatureAsync(User? user, IReadOnlyList<Passkey> allowed, CancellationToken cancellationToken);

    /// <param name="answer">What the browser returned, as JSON (RegistrationResponseJSON). Untrusted.</param>
    /// <param name="state">Of the challenge.</param>
    Task<NewPasskeyOutcome> VerifyNewAsync(string answer, string state, CancellationToken cancellationToken);

    /// <summary>Which passkey an answer claims to be of; <see langword="null"/> when it is no answer.</summary>
    byte[]? CredentialIdOf(string answer);

    /// <summary>Checks everything but the sign count, which <see cref="PasskeyCredential.MayBeFollowedBy"/> judges.</summary>
    /// <param name="answer">What the browser returned, as JSON (AuthenticationResponseJSON). Untrusted.</param>
    /// <returns>The passkey with its new count and backup state, or <see langword="null"/> when anything is wrong.</returns>
    Task<PasskeyCredential?> VerifySignatureAsync(string answer, string state, Passkey passkey, CancellationToken cancellationToken);
}

/// <summary>A question for an authenticator.</summary>
/// <param name="OptionsJson">For the browser: PublicKeyCredential.parse…OptionsFromJSON takes it.</param>
/// <param name="State">For the verifier, with the answer.</param>
public sealed record PasskeyChallenge(string OptionsJson, string State);

/// <summary>What came of asking for a new passkey.</summary>
public abstract record NewPasskeyOutcome
{
    private NewPasskeyOutcome() { }

    public sealed record Made(PasskeyCredential Credential) : NewPasskeyOutcome;

    /// <summary>The operator does not want this model of authenticator.</summary>
    public sealed record ModelDenied(Guid Aaguid) : NewPasskeyOutcome;

    /// <summary>Something does not hold: challenge, origin, user verification, attestation.</summary>
    public sealed record Invalid : NewPasskeyOutcome;
}
