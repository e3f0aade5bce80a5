using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class OpenedPersonKeysTests : IDisposable
{
    private static readonly TenantId Home = new("home");
    private static readonly TenantId Shop = new("shop");
    private static readonly Guid Ada = Guid.CreateVersion7();
    private static readonly byte[] Wrapped = [1, 2, 3];
    private static readonly byte[] Key = [7, 7, 7, 7];

    private readonly FakeTimeProvider _clock = new();
    private readonly OpenedPersonKeys _opened;

    public OpenedPersonKeysTests()
    {
        _opened = new OpenedPersonKeys(_clock);
        _opened.Add(Home, Ada, Wrapped, Key);
    }

    public void Dispose() => _opened.Dispose();

    [Fact]
    public void A_key_answers_to_the_bytes_it_was_unwrapped_from() => Assert.Equal(Key, _opened.Find(Home, Ada, [1, 2, 3]));

    [Fact]
    public void A_key_is_its_persons_and_its_tenants_alone()
    {
        Assert.Null(_opened.Find(Shop, Ada, Wrapped));
        Assert.Null(_opened.Find(Home, Guid.CreateVersion7(), Wrapped));
    }

    [Fact]
    public void A_key_whose_row_changed_is_gone_also_for_the_row_before()
    {
        Assert.Null(_opened.Find(Home, Ada, [1, 2, 4]));

        Assert.Null(_opened.Find(Home, Ada, Wrapped));
    }

    [Fact]
    public void A_destroyed_key_is_gone()
    {
        _opened.Forget(Home, Ada);

        Assert.Null(_opened.Find(Home, Ada, Wrapped));
    }

    [Fact]
    public void What_a_caller_wipes_is_a_copy()
    {
        Array.Clear(_opened.Find(Home, Ada, Wrapped)!);

        Assert.Equal(Key, _opened.Find(Home, Ada, Wrapped));
    }

    [Fact]
    public void A_key_in_use_stays_and_one_nobody_asks_for_goes()
    {
        for (var minute = 0; minute < 5; minute++)
        {
            _clock.Advance(OpenedPersonKeys.Keep);
            Assert.NotNull(_opened.Find(Home, Ada, Wrapped));
        }

        _clock.Advance(OpenedPersonKeys.Keep * 2);

        Assert.Null(_opened.Find(Home, Ada, Wrapped));
    }
}
