using System.Security.Cryptography;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class OpenedPersonKeysTests : IDisposable
{
    private const string Place = "messages/1/body";

    private static readonly TenantId Home = new("home");
    private static readonly TenantId Shop = new("shop");
    private static readonly Guid Ada = Guid.CreateVersion7();
    private static readonly byte[] Wrapped = [1, 2, 3];
    private static readonly byte[] Words = [7, 7, 7, 7];

    private readonly FakeTimeProvider _clock = new();
    private readonly OpenedPersonKeys _opened;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _sealed;

    public OpenedPersonKeysTests()
    {
        using var own = NewKey();
        _sealed = own.Seal(Place, Words);
        _opened = new OpenedPersonKeys(_clock);
        _opened.Add(Home, Ada, Wrapped, _key);
    }

    public void Dispose() => _opened.Dispose();

    [Fact]
    public void A_key_answers_to_the_bytes_it_was_unwrapped_from()
    {
        using var key = _opened.Borrow(Home, Ada, [1, 2, 3]);

        Assert.Equal(Words, key!.Open(Place, _sealed));
    }

    [Fact]
    public void A_key_is_its_persons_and_its_tenants_alone()
    {
        Assert.Null(_opened.Borrow(Shop, Ada, Wrapped));
        Assert.Null(_opened.Borrow(Home, Guid.CreateVersion7(), Wrapped));
    }

    [Fact]
    public void A_key_whose_row_changed_is_gone_also_for_the_row_before()
    {
        Assert.Null(_opened.Borrow(Home, Ada, [1, 2, 4]));

        Assert.Null(_opened.Borrow(Home, Ada, Wrapped));
    }

    [Fact]
    public void A_destroyed_key_is_gone_and_wiped()
    {
        var key = LendOnce();

        _opened.Forget(Home, Ada);

        Assert.Null(_opened.Borrow(Home, Ada, Wrapped));
        Assert.Throws<ObjectDisposedException>(() => key.Open(Place, _sealed));
    }

    [Fact]
    public void A_key_that_is_out_when_it_is_destroyed_is_wiped_when_it_comes_back()
    {
        var key = _opened.Borrow(Home, Ada, Wrapped)!;

        _opened.Forget(Home, Ada);
        Assert.Equal(Words, key.Open(Place, _sealed));
        _opened.Return(key, Home, Wrapped);

        Assert.Throws<ObjectDisposedException>(() => key.Open(Place, _sealed));
        Assert.Null(_opened.Borrow(Home, Ada, Wrapped));
    }

    [Fact]
    public void A_key_that_comes_back_for_another_row_is_wiped()
    {
        var key = _opened.Borrow(Home, Ada, Wrapped)!;
        _opened.Add(Home, Ada, [9], _key);

        _opened.Return(key, Home, Wrapped);

        Assert.Throws<ObjectDisposedException>(() => key.Open(Place, _sealed));
    }

    [Fact]
    public void A_key_given_back_is_lent_again()
    {
        var key = LendOnce();

        using var again = _opened.Borrow(Home, Ada, Wrapped);

        Assert.Same(key, again);
        Assert.Equal(Words, again!.Open(Place, _sealed));
    }

    [Fact]
    public void Two_at_once_have_each_their_own()
    {
        var (one, other) = (_opened.Borrow(Home, Ada, Wrapped)!, _opened.Borrow(Home, Ada, Wrapped)!);

        Assert.NotSame(one, other);
        _opened.Return(one, Home, Wrapped);
        Assert.Equal(Words, other.Open(Place, _sealed));
        _opened.Return(other, Home, Wrapped);

        using var next = _opened.Borrow(Home, Ada, Wrapped);
        Assert.Equal(Words, next!.Open(Place, _sealed));
    }

    [Fact]
    public void A_key_in_use_stays_and_one_nobody_asks_for_is_wiped()
    {
        for (var minute = 0; minute < 5; minute++)
        {
            _clock.Advance(OpenedPersonKeys.Keep);
            Assert.NotNull(LendOnce());
        }

        var key = LendOnce();
        _clock.Advance(OpenedPersonKeys.Keep * 2);

        Assert.Null(_opened.Borrow(Home, Ada, Wrapped));
        Assert.Throws<ObjectDisposedException>(() => key.Open(Place, _sealed));
    }

    [Fact]
    public void Nothing_is_left_when_the_program_ends()
    {
        var key = LendOnce();

        _opened.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Open(Place, _sealed));
    }

    private PersonKey LendOnce()
    {
        var key = _opened.Borrow(Home, Ada, Wrapped)!;
        _opened.Return(key, Home, Wrapped);
        return key;
    }

    private PersonKey NewKey() => new(Home, new PersonId(Ada), [.. _key]);
}
