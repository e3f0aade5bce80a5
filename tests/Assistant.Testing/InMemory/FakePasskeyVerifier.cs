using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;

namespace Assistant.Testing.InMemory;

/// <summary>Ceremonies without cryptography: an answer is right when it repeats the challenge. <see cref="SoftAuthenticator"/> is for the real verifier.</summary>
public sealed class FakePasskeyVerifier : IPasskeyVerifier
{
    /// <summary>The answer of an authenticator that holds this credential.</summary>
    public static string Answer(string optionsJson, byte[] credentialId, uint signCount = 0)
    {
        using var options = JsonDocument.Parse(optionsJson);
        return JsonSerializer.Serialize(
            new Said(Base64Url.EncodeToString(credentialId), options.RootElement.GetProperty("challenge").GetString()!, signCount));
    }

    public Task<PasskeyChallenge> AskForNewAsync(User user, IReadOnlyList<Passkey> existing, CancellationToken cancellationToken) => Ask();

    public Task<PasskeyChallenge> AskForSignatureAsync(User? user, IReadOnlyList<Passkey> allowed, CancellationToken cancellationToken) => Ask();

    public Task<NewPasskeyOutcome> VerifyNewAsync(string answer, string state, CancellationToken cancellationToken)
        => Task.FromResult<NewPasskeyOutcome>(Read(answer) is { } said && said.Challenge == state
            ? new NewPasskeyOutcome.Made(new PasskeyCredential(Base64Url.DecodeFromChars(said.Id), [1], said.SignCount, [], Guid.Empty, false, false))
            : new NewPasskeyOutcome.Invalid());

    public byte[]? CredentialIdOf(string answer) => Read(answer) is { } said ? Base64Url.DecodeFromChars(said.Id) : null;

    public Task<PasskeyCredential?> VerifySignatureAsync(string answer, string state, Passkey passkey, CancellationToken cancellationToken)
        => Task.FromResult(Read(answer) is { } said && said.Challenge == state ? passkey.Credential with { SignCount = said.SignCount } : null);

    private static Task<PasskeyChallenge> Ask()
    {
        var challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        return Task.FromResult(new PasskeyChallenge(JsonSerializer.Serialize(new { challenge }), challenge));
    }

    private static Said? Read(string answer)
    {
        try
        {
            return JsonSerializer.Deserialize<Said>(answer) is { Id: not null } said ? said : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Said(string Id, string Challenge, uint SignCount);
}
