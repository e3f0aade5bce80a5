using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IFileAddresses"/> keeps.</summary>
public abstract class FileAddressesContract
{
    protected static readonly TenantId Tenant = new("acme");

    protected static readonly AttachmentId File = new(new ConversationId(new Guid("018f0000-0000-7000-8000-0000000000aa")), 42, 3);

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected abstract IFileAddresses Create(Uri? publicBase);

    [Theory]
    [InlineData("https://assistant.example")]
    [InlineData("https://assistant.example:8443/helper/")]
    public void An_address_opens_the_one_file_it_was_made_for_until_its_time_is_over(string publicBase)
    {
        var addresses = Create(new Uri(publicBase));

        var address = addresses.Of(Tenant, File, "image/png", TimeSpan.FromHours(1))!;

        Assert.True(addresses.IsReachable);
        Assert.StartsWith(publicBase.TrimEnd('/') + "/files/", address.AbsoluteUri, StringComparison.Ordinal);
        Assert.EndsWith("/file.png", address.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal(new FileTicket(Tenant, File, Time.GetUtcNow() + TimeSpan.FromHours(1)), addresses.Read(TokenOf(address)));
        Assert.StartsWith(publicBase.TrimEnd('/') + "/", addresses.StandIn!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_address_is_a_new_one()
    {
        var addresses = Create(new Uri("https://assistant.example"));

        Assert.NotEqual(addresses.Of(Tenant, File, "image/png", TimeSpan.FromHours(1)), addresses.Of(Tenant, File, "image/png", TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://assistant.example")]
    public void Without_a_public_https_address_there_is_none(string? publicBase)
    {
        var addresses = Create(publicBase is null ? null : new Uri(publicBase));

        Assert.False(addresses.IsReachable);
        Assert.Null(addresses.Of(Tenant, File, "image/png", TimeSpan.FromHours(1)));
        Assert.Null(addresses.StandIn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("../../etc/passwd")]
    [InlineData("家")]
    public void What_nobody_made_opens_nothing(string token) => Assert.Null(Create(new Uri("https://assistant.example")).Read(token));

    protected static string TokenOf(Uri address) => address.Segments[^2].TrimEnd('/');
}
