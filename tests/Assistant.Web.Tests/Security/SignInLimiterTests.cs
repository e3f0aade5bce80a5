using System.Buffers.Binary;
using System.Net;
using Assistant.Domain.Security;
using Assistant.Web.Security;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>An attacker with many addresses against one account, and its owner meanwhile.</summary>
public sealed class SignInLimiterTests
{
    private const string Ada = "ada@example.org";

    private readonly FakeTimeProvider _clock = new();
    private readonly SignInLimiter _limiter;

    public SignInLimiterTests() => _limiter = new SignInLimiter(_clock);

    [Fact]
    public void A_million_guesses_in_a_day_do_not_pass_and_the_owner_does()
    {
        const int Guesses = 1_000_000;
        const int GuessesBetweenVisits = Guesses / 48;
        var owner = Guid.CreateVersion7();
        var (passed, refusedOwner) = (0, 0);
        for (var i = 0; i < Guesses; i++)
        {
            // Each from an address of its own, as a botnet would.
            passed += _limiter.Allows(Address(i), i % 2 == 0 ? Ada : Ada.ToUpperInvariant()) ? 1 : 0;
            _clock.Advance(TimeSpan.FromDays(1) / Guesses);
            if (i % GuessesBetweenVisits == 0)
            {
                refusedOwner += _limiter.AllowsOnDevice(owner) && _limiter.AllowsInSession(new UserId(owner)) ? 0 : 1;
            }
        }

        Assert.InRange(passed, 30, 30 + (24 * 60)); // what the account's lock and the hash are left with: one a minute
        Assert.Equal(0, refusedOwner);
        Assert.InRange(_limiter.Remembered, 1, SignInLimiter.MaxKeys);
    }

    [Fact]
    public void A_stolen_device_guesses_no_faster()
    {
        var device = Guid.CreateVersion7();
        var passed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            passed += _limiter.AllowsOnDevice(device) ? 1 : 0;
            _clock.Advance(TimeSpan.FromHours(1) / 100_000);
        }

        Assert.InRange(passed, 10, 10 + 60);
    }

    [Fact]
    public void One_network_is_slowed_down_over_all_accounts_and_a_house_with_ipv6_is_one_network()
    {
        var passed = Enumerable.Range(0, 200).Count(i => _limiter.Allows(NetworkKey.Of(IPAddress.Parse($"2001:db8::{i:x}")), $"user{i}@example.org"));

        Assert.Equal(60, passed);
        Assert.True(_limiter.Allows(NetworkKey.Of(IPAddress.Parse("2001:db8:0:1::1")), "user@example.org"));
    }

    [Fact]
    public void What_a_network_is_refused_does_not_use_up_the_accounts_budget()
    {
        var attacker = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 1000; i++)
        {
            _limiter.Allows(attacker, Ada);
        }

        Assert.True(_limiter.Allows(IPAddress.Parse("192.0.2.2"), Ada));
    }

    private static IPAddress Address(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 0x0A00_0000 + number);
        return new IPAddress(bytes);
    }
}
