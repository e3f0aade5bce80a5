using System.Collections.Concurrent;
using Assistant.Domain.Attachments;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Fakes;

/// <summary>Addresses that are remembered instead of sealed.</summary>
/// <param name="publicBase">What the installation is called from outside; an https address unless it has none to be fetched from.</param>
public sealed class FakeFileAddresses(Uri? publicBase, TimeProvider time) : IFileAddresses
{
    private readonly ConcurrentDictionary<string, FileTicket> _tickets = new(StringComparer.Ordinal);

    /// <summary>An installation without a public address.</summary>
    public static FakeFileAddresses None => new(null, TimeProvider.System);

    public bool IsReachable => publicBase?.Scheme == "https";

    public Uri? StandIn => IsReachable ? new Uri(publicBase!, "img/file.png") : null;

    public Uri? Of(TenantId tenant, AttachmentId file, string mediaType, TimeSpan lifetime)
    {
        if (!IsReachable)
        {
            return null;
        }

        var token = Guid.CreateVersion7().ToString("N");
        _tickets[token] = new FileTicket(tenant, file, DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + lifetime).ToUnixTimeSeconds()));
        return new Uri(publicBase!, $"files/{token}/file{FileType.Named(mediaType).Extensions.FirstOrDefault() ?? ".bin"}");
    }

    public FileTicket? Read(string token) => _tickets.GetValueOrDefault(token);
}
