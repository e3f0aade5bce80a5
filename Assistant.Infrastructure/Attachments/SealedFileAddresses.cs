// An address carries what it opens, encrypted and authenticated (AES-256-GCM) under a key that is derived from the installation's for this alone, so
// nothing of it is stored, nothing can be read from it, and what seals anything else here opens no file. All have one length: the claims are filled up to
// the longest tenant's. Only the one way to write a token is read, so that no two addresses are the same file's by a trick of the alphabet.
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Attachments;

/// <inheritdoc cref="IFileAddresses"/>
/// <param name="installation">The installation's key, asked for when the first address is made or read.</param>
/// <param name="publicBase">What this installation is called from outside, or <see langword="null"/>.</param>
internal sealed class SealedFileAddresses(Func<byte[]> installation, Uri? publicBase, TimeProvider clock) : IFileAddresses
{
    // Claims: until (Unix seconds, 8), conversation (16), seq (8), number (4), tenant (63, filled with zeros).
    private const int ClaimBytes = 99;
    private const int TenantAt = 36;
    private const int TokenBytes = SealedBox.Overhead + ClaimBytes;

    private static readonly byte[] Purpose = "file address"u8.ToArray();
    private static readonly int TokenLength = Base64Url.GetEncodedLength(TokenBytes);

    private readonly Lazy<byte[]> _key = new(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, installation(), MasterKey.Size, info: Purpose));
    private readonly Uri? _base = publicBase is { IsAbsoluteUri: true, Scheme: "https" } ? new Uri(publicBase.AbsoluteUri.TrimEnd('/') + "/") : null;

    public bool IsReachable => _base is not null;

    public Uri? StandIn => _base is null ? null : new Uri(_base, "img/file.png");

    public Uri? Of(TenantId tenant, AttachmentId file, string mediaType, TimeSpan lifetime) => _base is null
        ? null
        : new Uri(_base, $"files/{Write(new FileTicket(tenant, file, clock.GetUtcNow() + lifetime))}/file{FileType.Named(mediaType).Extensions.FirstOrDefault() ?? ".bin"}");

    public FileTicket? Read(string token)
    {
        if (token.Length != TokenLength || !Base64Url.IsValid(token))
        {
            return null;
        }

        // What is valid has no spare bits, padding or spaces: there is no second way to write the same bytes.
        Span<byte> box = stackalloc byte[TokenBytes];
        Base64Url.DecodeFromChars(token, box);
        return SealedBox.Open(_key.Value, box, Purpose) is { } claims ? Parse(claims) : null;
    }

    private string Write(FileTicket ticket)
    {
        Span<byte> claims = stackalloc byte[ClaimBytes];
        claims.Clear();
        BinaryPrimitives.WriteInt64BigEndian(claims, ticket.Until.ToUnixTimeSeconds());
        ticket.File.Conversation.Value.TryWriteBytes(claims[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(claims[24..], ticket.File.Seq);
        BinaryPrimitives.WriteInt32BigEndian(claims[32..], ticket.File.Number);
        Encoding.ASCII.GetBytes(ticket.Tenant.Value, claims[TenantAt..]);
        return Base64Url.EncodeToString(SealedBox.Wrap(_key.Value, claims, Purpose));
    }

    private static FileTicket Parse(ReadOnlySpan<byte> claims) => new(
        new TenantId(Encoding.ASCII.GetString(claims[TenantAt..].TrimEnd((byte)0))),
        new AttachmentId(
            new ConversationId(new Guid(claims[8..24], bigEndian: true)), BinaryPrimitives.ReadInt64BigEndian(claims[24..]), BinaryPrimitives.ReadInt32BigEndian(claims[32..])),
        DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(claims)));
}
