using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>The framework's password hasher, at most one hash per processor at a time so that a flood of sign-ins leaves the rest alive.</summary>
internal sealed class PasswordHashing(IOptions<SignInOptions> options) : IDisposable
{
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);
    private string? _nobody;

    public Task<string> HashAsync(string password, CancellationToken cancellationToken)
        => RunAsync(() => _hasher.HashPassword(NoUser, password), cancellationToken);

    public Task<PasswordVerificationResult> VerifyAsync(string hash, string password, CancellationToken cancellationToken)
        => RunAsync(() => _hasher.VerifyHashedPassword(NoUser, hash, password), cancellationToken);

    /// <summary>Takes as long as verifying, for an address nobody has.</summary>
    public async Task PretendAsync(string password, CancellationToken cancellationToken)
    {
        _nobody ??= await HashAsync(Guid.CreateVersion7().ToString(), cancellationToken);
        await VerifyAsync(_nobody, password, cancellationToken);
    }

    public void Dispose() => _processors.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _processors.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _processors.Release();
        }
    }
}
