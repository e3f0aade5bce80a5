using System.Collections.Concurrent;
using System.Text.Json;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// Some providers give a new refresh token with every access token and take the one before no more. The newest is kept in memory, and shared by all
// who have the same settings: the session, the next one, the Test button. They ask one after another, or one would spend the token of the other.

/// <summary>Access tokens for refresh tokens (RFC 6749, section 6). Safe for concurrent use.</summary>
internal sealed class EmailTokens(MessengerHttp http)
{
    private readonly ConcurrentDictionary<EmailTokenSource, Chain> _chains = [];

    /// <exception cref="PhrasedException">There is none, in plain words.</exception>
    public async Task<IssuedToken> IssueAsync(EmailTokenSource source, CancellationToken cancellationToken)
    {
        var chain = _chains.GetOrAdd(source, given => new Chain { Newest = given.RefreshToken });
        await chain.Turn.WaitAsync(cancellationToken);
        try
        {
            var outcome = await AskAsync(source, chain.Newest, cancellationToken);
            using var answer = outcome is CallOutcome.Answered { Body: var body } ? Read(body) : null;
            if (outcome is CallOutcome.Answered { IsSuccess: true } && Text(answer, "access_token") is { } token)
            {
                chain.Newest = Text(answer, "refresh_token") ?? chain.Newest;
                return new IssuedToken(token, LifetimeIn(answer!));
            }

            if (outcome is CallOutcome.Answered { IsSuccess: false } && Text(answer, "error") == "invalid_grant")
            {
                chain.Newest = source.RefreshToken;
                throw new PhrasedException(Phrase.Of("email.token-ended", ("name", source.Address.Host)));
            }

            throw new PhrasedException(CallFaults.ReasonOf(source.Address.Host, outcome) ?? Phrase.Of("channel.unreadable", ("name", source.Address.Host)));
        }
        finally
        {
            chain.Turn.Release();
        }
    }

    private async Task<CallOutcome> AskAsync(EmailTokenSource source, string refreshToken, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken, ["client_id"] = source.ClientId,
        };
        if (source.ClientSecret is { } secret)
        {
            form["client_secret"] = secret;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, source.Address) { Content = new FormUrlEncodedContent(form) };
        return await http.AskForTokenAsync(source.Address.Host, request, cancellationToken);
    }

    private static JsonDocument? Read(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument? answer, string name)
        => answer?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
                ? text
                : null;

    private static TimeSpan LifetimeIn(JsonDocument answer)
        => TimeSpan.FromSeconds(
            answer.RootElement.TryGetProperty("expires_in", out var lifetime) && lifetime.ValueKind == JsonValueKind.Number && lifetime.TryGetInt32(out var seconds)
                ? Math.Clamp(seconds, 60, 86_400)
                : 3_600);

    private sealed class Chain
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public required string Newest { get; set; }
    }
}
