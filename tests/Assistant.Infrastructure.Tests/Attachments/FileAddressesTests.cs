using System.Buffers.Text;
using System.Security.Cryptography;
using Assistant.Domain.Attachments;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Infrastructure.Tests.Attachments;

public sealed class FakeFileAddressesTests : FileAddressesContract
{
    protected override IFileAddresses Create(Uri? publicBase) => new FakeFileAddresses(publicBase, Time);
}

public sealed class SealedFileAddressesTests : FileAddressesContract
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly Uri Base = new("https://assistant.example");

    private readonly byte[] _installation = RandomNumberGenerator.GetBytes(MasterKey.Size);

    protected override IFileAddresses Create(Uri? publicBase) => new SealedFileAddresses(() => _installation, publicBase, Time);

    [Fact]
    public void An_address_altered_in_any_character_opens_nothing()
    {
        var addresses = Create(Base);
        var token = NewToken(addresses);
        for (var at = 0; at < token.Length; at++)
        {
            foreach (var other in Alphabet.Where(one => one != token[at]))
            {
                var altered = $"{token[..at]}{other}{token[(at + 1)..]}";
                Assert.True(addresses.Read(altered) is null, $"{altered} opens something");
            }
        }

        Assert.NotNull(addresses.Read(token));
    }

    [Fact]
    public void There_is_one_way_to_write_it()
    {
        var addresses = Create(Base);
        var token = NewToken(addresses);

        Assert.All(
            [token + "=", token + "A", " " + token, token + "\n", token[..^1], token[1..], token.Replace('-', '+').Replace('_', '/') + "=", string.Concat(token, token)],
            other => Assert.Null(addresses.Read(other)));
    }

    [Fact]
    public void Another_installation_and_what_is_sealed_for_another_purpose_open_nothing()
    {
        var addresses = Create(Base);
        var elsewhere = new SealedFileAddresses(() => RandomNumberGenerator.GetBytes(MasterKey.Size), Base, Time);
        var claims = new byte[99];
        var derived = HKDF.DeriveKey(HashAlgorithmName.SHA256, _installation, MasterKey.Size, info: "file address"u8.ToArray());

        Assert.Null(elsewhere.Read(NewToken(addresses)));
        Assert.Null(addresses.Read(NewToken(elsewhere)));
        Assert.Null(addresses.Read(Base64Url.EncodeToString(SealedBox.Wrap(_installation, claims, "file address"u8))));
        Assert.Null(addresses.Read(Base64Url.EncodeToString(SealedBox.Wrap(derived, claims, InstallationKey.Binding))));
    }

    [Fact]
    public void Nothing_is_read_from_an_address_not_even_how_long_a_name_is()
    {
        var addresses = Create(Base);
        var tokens = new[] { "a", "acme", new string('a', 63) }.Select(tenant => TokenOf(addresses.Of(new TenantId(tenant), File, "image/png", TimeSpan.FromDays(7))!)).ToList();

        Assert.Equal([170, 170, 170], tokens.Select(token => token.Length));
        Assert.All(tokens, token => Assert.Equal(-1, Base64Url.DecodeFromChars(token).AsSpan().IndexOf("aaaaa"u8)));
        Assert.Equal(new TenantId(new string('a', 63)), addresses.Read(tokens[2])!.Tenant);
    }

    private static string NewToken(IFileAddresses addresses) => TokenOf(addresses.Of(Tenant, File, "image/png", TimeSpan.FromHours(1))!);
}
