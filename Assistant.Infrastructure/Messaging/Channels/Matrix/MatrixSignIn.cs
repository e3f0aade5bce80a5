using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

// Where the token of all calls comes from.
//
// With a password: the connection signs in as a device of its own that keeps its name over restarts, because the homeserver knows a repeated
// send by device and transaction. A token that ends is refreshed where the server gave out what for; a server that wants a new sign-in (it ends
// the session for good, or keeps the device and says "soft logout") gets one, as the same device. With a token alone nothing can be done but say so.

/// <summary>The sign-in was refused, or did not come about.</summary>
internal sealed class MatrixSignInException(MatrixReply reply) : PhrasedException(MatrixFailure.Explain(reply))
{
    public MatrixReply Reply { get; } = reply;
}

/// <summary>The access token of one account. Safe for concurrent use.</summary>
internal sealed class MatrixSignIn : IDisposable
{
    private static readonly TimeSpan Endless = TimeSpan.FromDays(365);

    private readonly MessengerHttp _http;
    private readonly MatrixSettings _settings;
    private readonly string? _device;
    private readonly AccessTokens _tokens;
    private string? _refreshToken;

    /// <param name="device">The device to sign in as; <see langword="null"/> for one that is gone with its session.</param>
    public MatrixSignIn(MessengerHttp http, MatrixSettings settings, string? device, TimeProvider time)
    {
        (_http, _settings, _device) = (http, settings, device);
        _tokens = new AccessTokens(IssueAsync, time);
    }

    /// <summary>Whether another token can be had when this one is refused.</summary>
    public bool CanRenew => _settings.HasPassword;

    /// <summary>The device of a connection: the same after every restart.</summary>
    public static string DeviceOf(ConnectionId connection)
        => "ASSISTANT" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(connection.Value)).AsSpan(0, 8));

    /// <exception cref="MatrixSignInException">There is none.</exception>
    public Task<string> GetTokenAsync(CancellationToken cancellationToken) => _tokens.GetAsync(cancellationToken);

    /// <summary>The server no longer takes this token.</summary>
    /// <param name="isSoft">Whether it keeps the device, and with it what refreshes the token.</param>
    public void Refused(string token, bool isSoft)
    {
        if (!isSoft)
        {
            Volatile.Write(ref _refreshToken, null);
        }

        _tokens.Refused(token);
    }

    public void Dispose() => _tokens.Dispose();

    private async Task<IssuedToken> IssueAsync(CancellationToken cancellationToken)
    {
        if (!_settings.HasPassword)
        {
            return new IssuedToken(_settings.AccessToken, Endless);
        }

        if (Volatile.Read(ref _refreshToken) is { } refresh)
        {
            var refreshed = await PostAsync("v3/refresh", new JsonObject { ["refresh_token"] = refresh }, cancellationToken);
            if (TokenIn(refreshed) is { } token)
            {
                return token;
            }

            Volatile.Write(ref _refreshToken, null);
        }

        var reply = await PostAsync("v3/login", NewLogin(), cancellationToken);
        return TokenIn(reply) ?? throw new MatrixSignInException(reply);
    }

    private JsonObject NewLogin()
    {
        var login = new JsonObject
        {
            ["type"] = "m.login.password",
            ["identifier"] = new JsonObject { ["type"] = "m.id.user", ["user"] = _settings.User },
            ["password"] = _settings.Password,
            ["initial_device_display_name"] = "Assistant",
            ["refresh_token"] = true,
        };
        if (_device is not null)
        {
            login["device_id"] = _device;
        }

        return login;
    }

    private IssuedToken? TokenIn(MatrixReply reply)
    {
        if (!reply.IsOk || reply.Body["access_token"].Text is not { Length: > 0 } token)
        {
            return null;
        }

        // A refresh without a new refresh token leaves the old one good.
        if (reply.Body["refresh_token"].Text is { Length: > 0 } refresh)
        {
            Volatile.Write(ref _refreshToken, refresh);
        }

        return new IssuedToken(token, reply.Body["expires_in_ms"].Number is > 0 and var lifetime ? TimeSpan.FromMilliseconds(Math.Min(lifetime, Endless.TotalMilliseconds)) : Endless);
    }

    private async Task<MatrixReply> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = MatrixClient.NewRequest(_settings, HttpMethod.Post, $"_matrix/client/{path}", MatrixClient.Json(body));
        return MatrixReply.Of(await _http.CallAsync(MatrixChannel.Name, request, cancellationToken)) with { IsSignIn = true };
    }
}
