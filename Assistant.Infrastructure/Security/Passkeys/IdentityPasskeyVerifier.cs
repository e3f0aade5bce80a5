using System.Buffers.Text;
using System.Text.Json;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>ASP.NET Core Identity's passkey handler, without its user manager's storage and without its cookie.</summary>
internal sealed partial class IdentityPasskeyVerifier(IOptions<PasskeyOptions> options, ILoggerFactory loggers, TimeProvider clock) : IPasskeyVerifier
{
    private readonly ILogger _log = loggers.CreateLogger<IdentityPasskeyVerifier>();
    private readonly PasskeyOptions _options = options.Value;
    private readonly IOptions<IdentityPasskeyOptions> _strict = Options.Create(Strict(options.Value));

    public async Task<PasskeyChallenge> AskForNewAsync(User user, IReadOnlyList<Passkey> existing, CancellationToken cancellationToken)
    {
        using var manager = Manager(HolderOf(user, existing));
        var entity = new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Email, DisplayName = user.Email };
        var made = await Handler(manager).MakeCreationOptionsAsync(entity, new DefaultHttpContext());
        return new PasskeyChallenge(made.CreationOptionsJson, made.AttestationState ?? "");
    }

    public async Task<PasskeyChallenge> AskForSignatureAsync(User? user, IReadOnlyList<Passkey> allowed, CancellationToken cancellationToken)
    {
        var holder = user is null ? null : HolderOf(user, allowed);
        using var manager = Manager(holder);
        var made = await Handler(manager).MakeRequestOptionsAsync(holder, new DefaultHttpContext());
        return new PasskeyChallenge(made.RequestOptionsJson, made.AssertionState ?? "");
    }

    public async Task<NewPasskeyOutcome> VerifyNewAsync(string answer, string state, CancellationToken cancellationToken)
    {
        // Whether the credential id is taken, by whomever, is settled by the store when it adds.
        using var manager = Manager(null);
        var result = await Handler(manager).PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = new DefaultHttpContext(), CredentialJson = answer, AttestationState = state });
        if (!result.Succeeded)
        {
            LogRefused(result.Failure.Message);
            return new NewPasskeyOutcome.Invalid();
        }

        var passkey = result.Passkey;
        var aaguid = AttestationStatement.AaguidOf(passkey.AttestationObject);
        return _options.Accepts(aaguid)
            ? new NewPasskeyOutcome.Made(new PasskeyCredential(
                passkey.CredentialId, passkey.PublicKey, passkey.SignCount, Known(passkey.Transports), aaguid, passkey.IsBackupEligible, passkey.IsBackedUp))
            : new NewPasskeyOutcome.ModelDenied(aaguid);
    }

    public byte[]? CredentialIdOf(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("id", out var id) && id.GetString() is { } text
                ? Base64Url.DecodeFromChars(text)
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    public async Task<PasskeyCredential?> VerifySignatureAsync(string answer, string state, Passkey passkey, CancellationToken cancellationToken)
    {
        using var manager = Manager(new PasskeyHolder(passkey.User.ToString(), "", [InfoOf(passkey, signCount: 0)]));
        var result = await Handler(manager).PerformAssertionAsync(
            new PasskeyAssertionContext { HttpContext = new DefaultHttpContext(), CredentialJson = answer, AssertionState = state });
        if (!result.Succeeded)
        {
            LogRefused(result.Failure.Message);
            return null;
        }

        return passkey.Credential with { SignCount = result.Passkey.SignCount, IsBackedUp = result.Passkey.IsBackedUp };
    }

    private static IdentityPasskeyOptions Strict(PasskeyOptions options) => new()
    {
        ServerDomain = options.RelyingPartyId,
        AuthenticatorTimeout = Ceremony.Lifetime,
        UserVerificationRequirement = "required",
        ResidentKeyRequirement = "required",
        // Authenticators tell their model unasked only in part.
        AttestationConveyancePreference = options.HasModelPolicy ? "direct" : "none",
        ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && options.AcceptsOrigin(context.Origin)),
        VerifyAttestationStatement = context => ValueTask.FromResult(AttestationStatement.Holds(context.AttestationObject, context.ClientDataHash)),
    };

    private PasskeyHandler<PasskeyHolder> Handler(UserManager<PasskeyHolder> manager) => new(manager, _strict);

    private UserManager<PasskeyHolder> Manager(PasskeyHolder? holder) => new(
        new OneHolderStore(holder), null!, null!, [], [], null!, new IdentityErrorDescriber(), null!, loggers.CreateLogger<UserManager<PasskeyHolder>>());

    private PasskeyHolder HolderOf(User user, IReadOnlyList<Passkey> passkeys)
        => new(user.Id.ToString(), user.Email, [.. passkeys.Select(passkey => InfoOf(passkey, passkey.Credential.SignCount))]);

    // The attestation is not kept: nothing reads it again.
    private UserPasskeyInfo InfoOf(Passkey passkey, uint signCount)
    {
        var credential = passkey.Credential;
        return new UserPasskeyInfo(
            credential.CredentialId, credential.PublicKey, clock.GetUtcNow(), signCount, [.. credential.Transports],
            isUserVerified: true, credential.IsBackupEligible, credential.IsBackedUp, [], []);
    }

    private static string[] Known(string[]? transports)
        => [.. (transports ?? []).Where(word => word is "internal" or "usb" or "nfc" or "ble" or "hybrid" or "smart-card").Distinct()];

    [LoggerMessage(Level = LogLevel.Information, Message = "A passkey's answer was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
