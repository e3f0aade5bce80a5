using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>
/// The way in to a new installation: a token, new at each start, that lets whoever reads the program's output create the
/// first user. It is worth nothing once any user exists, and it is never stored. Safe for concurrent use.
/// </summary>
public sealed class SetupGate(IUserDirectory users, TimeProvider clock, PasswordCheck? check = null) : IDisposable
{
    /// <summary>How long the first user may finish the set-up without proving each sensitive act.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    private readonly string _token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    private readonly SemaphoreSlim _oneClaim = new(1);
    private bool _isUsed;
    private volatile Claim? _claim;

    /// <summary>The token to print, or <see langword="null"/> when there is a user already.</summary>
    public async Task<string?> FindTokenAsync(CancellationToken cancellationToken)
        => await IsNeededAsync(cancellationToken) ? _token : null;

    /// <summary>Whether there is no user yet.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken cancellationToken)
        => !Volatile.Read(ref _isUsed) && !await users.AnyAsync(cancellationToken);

    /// <summary>Whether the set-up page may be shown for this token.</summary>
    public async Task<bool> OpensAsync(string? token, CancellationToken cancellationToken)
        => IsToken(token) && await IsNeededAsync(cancellationToken);

    /// <summary>Whether this is the user who came in through the link a moment ago: who reads the program's output commands the machine.</summary>
    public bool IsSettingUp(Actor actor)
        => _claim is { } claim && actor.Kind == claim.By.Kind && actor.Id == claim.By.Id && clock.GetUtcNow() - claim.At < Grace;

    /// <summary>Creates the first user, an owner. Of several claims one succeeds.</summary>
    /// <param name="origin">The claimant's network address.</param>
    public async Task<SetupOutcome> ClaimAsync(
        string? token, TenantId tenant, string email, string password, TotpSecret? totp, string origin, CancellationToken cancellationToken)
    {
        if (!IsToken(token))
        {
            return new SetupOutcome.Closed();
        }

        await _oneClaim.WaitAsync(cancellationToken);
        try
        {
            if (!await IsNeededAsync(cancellationToken))
            {
                return new SetupOutcome.Closed();
            }

            var caller = new Caller(new Actor("system", "setup", "First set-up"), tenant, Permissions.All, origin);
            var outcome = await UserDesk.CreateAsync(
                users, check, caller, email, Roles.Owner, password, totp, onlyFirst: true, clock.GetUtcNow(), cancellationToken);
            switch (outcome)
            {
                case CreateUserOutcome.Created created:
                    Volatile.Write(ref _isUsed, true);
                    _claim = new Claim(created.User.AsActor, clock.GetUtcNow());
                    return new SetupOutcome.Claimed(created.User);
                case CreateUserOutcome.Invalid invalid:
                    return new SetupOutcome.Invalid(invalid.Key, invalid.Message, invalid.Flaw);
                case CreateUserOutcome.NotFirst or CreateUserOutcome.EmailTaken:
                    return new SetupOutcome.Closed();
                default:
                    throw new InvalidOperationException($"Unknown outcome {outcome}.");
            }
        }
        finally
        {
            _oneClaim.Release();
        }
    }

    public void Dispose() => _oneClaim.Dispose();

    private sealed record Claim(Actor By, DateTimeOffset At);

    private bool IsToken(string? presented)
        => presented is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(_token));
}

/// <summary>How a claim of the set-up ended.</summary>
public abstract record SetupOutcome
{
    private SetupOutcome() { }

    public sealed record Claimed(User User) : SetupOutcome;

    /// <summary>Nothing was created and the token is still good; the key is <c>email</c> or <c>password</c>.</summary>
    /// <param name="Flaw">Of the password, where it is that.</param>
    public sealed record Invalid(string Key, string Message, PasswordFlaw? Flaw = null) : SetupOutcome;

    /// <summary>The token is wrong, or the set-up is done.</summary>
    public sealed record Closed : SetupOutcome;
}
