using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Pages.SetUp;
using Assistant.Web.Security;
using Assistant.Web.Tests.Endpoints;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>A network that presents one wrong secret after the other, and everybody else meanwhile.</summary>
public sealed class WrongSecretsTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.0.2.2");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Looking_costs_nothing_being_wrong_does_and_time_gives_it_back()
    {
        var keys = new WrongSecrets(_clock).ApiKeys;
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(keys.IsOpenTo(Guesser)));

        for (var i = 0; i < WrongSecrets.Burst; i++)
        {
            Assert.True(keys.IsOpenTo(Guesser));
            keys.Count(Guesser);
        }

        Assert.False(keys.IsOpenTo(Guesser));
        Assert.True(keys.IsOpenTo(Neighbour));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(keys.IsOpenTo(Guesser));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(keys.IsOpenTo(Guesser));
    }

    [Fact]
    public void A_day_of_guessing_comes_to_thirty_looks_a_minute()
    {
        const int Guesses = 500_000;
        var keys = new WrongSecrets(_clock).ApiKeys;
        var looked = 0;
        for (var i = 0; i < Guesses; i++)
        {
            if (keys.IsOpenTo(Guesser))
            {
                looked++;
                keys.Count(Guesser);
            }

            _clock.Advance(TimeSpan.FromDays(1) / Guesses);
        }

        Assert.InRange(looked, WrongSecrets.Burst, WrongSecrets.Burst + (30 * 24 * 60));
    }

    [Fact]
    public async Task A_webhook_is_closed_to_a_network_that_guesses_and_to_it_alone()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        var (guessed, other) = (new FakeSession(), new FakeSession());
        (host.Channel.Sessions[new ConnectionId("tg")], host.Channel.Sessions[new ConnectionId("tg2")]) = (guessed, other);
        for (var i = 0; i < WrongSecrets.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(host, "tg", "wrong")).StatusCode);
        }

        using var wrong = await CallAsync(host, "tg", "wrong");
        using var right = await CallAsync(host, "tg", "right"); // nothing tells that this one would do

        Assert.Equal(WrongSecrets.Burst, guessed.Received.Count);
        Assert.Equal(Seen(wrong), Seen(right));
        Assert.Equal((HttpStatusCode.OK, 1), ((await CallAsync(host, "tg2", "right")).StatusCode, other.Received.Count));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(host, "tg", "right")).StatusCode);
    }

    [Fact]
    public async Task Made_up_names_share_a_budget_and_close_no_webhook_that_is_there()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        host.Channel.Sessions[new ConnectionId("tg")] = new FakeSession();
        for (var i = 0; i <= WrongSecrets.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(host, $"nobody{i}", "right")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await CallAsync(host, "tg", "right")).StatusCode);
    }

    [Fact]
    public async Task What_is_accepted_draws_on_no_budget()
    {
        await using var host = await ApiHost.StartAsync(clock: _clock);
        host.Channel.Sessions[new ConnectionId("tg")] = new FakeSession();

        for (var i = 0; i < 2 * WrongSecrets.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await CallAsync(host, "tg", "right")).StatusCode);
        }
    }

    [Fact]
    public async Task Api_keys_are_not_looked_at_after_too_many_wrong_ones_and_nothing_tells()
    {
        await using var host = await SecurityHost.StartAsync(_clock);
        var key = (Assert.IsType<CreateApiKeyOutcome.Created>(
            await host.Keys.CreateAsync(UserDesk.LocalCaller(TenantId.Default), "script", Roles.Owner, Cancel))).Secret.Reveal();
        Assert.Equal(HttpStatusCode.OK, (await UseAsync(host, key)).StatusCode);
        for (var i = 0; i < WrongSecrets.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await UseAsync(host, i % 2 == 0 ? "nonsense" : key[..^2] + (key[^2] == 'A' ? 'B' : 'A') + key[^1])).StatusCode);
        }

        using var wrong = await UseAsync(host, "nonsense");
        using var right = await UseAsync(host, key);
        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
        Assert.Equal(Seen(wrong), Seen(right));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await UseAsync(host, key)).StatusCode);
    }

    [Fact]
    public async Task The_set_up_link_is_not_looked_at_after_too_many_wrong_ones_and_who_has_it_elsewhere_gets_in()
    {
        using var gate = new SetupGate(new InMemoryUserDirectory(new InMemoryAuditLog(), _clock, TenantId.Default), _clock);
        var token = await gate.FindTokenAsync(Cancel);
        var wrong = new WrongSecrets(_clock);
        for (var i = 0; i < WrongSecrets.SetUpBurst; i++)
        {
            Assert.False(await OpensAsync(gate, wrong, Guesser, "guess"));
        }

        Assert.False(await OpensAsync(gate, wrong, Guesser, token));
        var late = new AccountStepModel(gate, new FakeTotp(_clock), wrong, Guesser.ToString(), isOpen: true)
        {
            Email = "eve@example.org", Password = "correct horse battery",
        };
        Assert.False(await late.ClaimAsync(token, Cancel)); // nor from a page that was open before
        Assert.True(await gate.IsNeededAsync(Cancel));
        Assert.True(await OpensAsync(gate, wrong, Neighbour, token));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await OpensAsync(gate, wrong, Guesser, token));
    }

    [Fact]
    public async Task Who_opens_the_set_up_page_without_a_link_is_not_counted()
    {
        using var gate = new SetupGate(new InMemoryUserDirectory(new InMemoryAuditLog(), _clock, TenantId.Default), _clock);
        var wrong = new WrongSecrets(_clock);
        for (var i = 0; i < 2 * WrongSecrets.SetUpBurst; i++)
        {
            Assert.False(await OpensAsync(gate, wrong, Guesser, i % 2 == 0 ? null : ""));
        }

        Assert.True(await OpensAsync(gate, wrong, Guesser, await gate.FindTokenAsync(Cancel)));
    }

    private async Task<bool> OpensAsync(SetupGate gate, WrongSecrets wrong, IPAddress network, string? token)
    {
        var model = new AccountStepModel(gate, new FakeTotp(_clock), wrong, network.ToString());
        await model.OpenAsync(token, Cancel);
        return model.IsOpen == true;
    }

    private static async Task<HttpResponseMessage> CallAsync(ApiHost host, string connection, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/{connection}") { Content = new StringContent("x") };
        request.Headers.Add("X-Secret", secret);
        return await host.As(null).SendAsync(request, Cancel);
    }

    private static Task<HttpResponseMessage> UseAsync(SecurityHost host, string key)
        => host.Open().SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/users") { Headers = { { "Authorization", $"Bearer {key}" } } });

    /// <summary>All that an answer tells.</summary>
    private static string Seen(HttpResponseMessage response)
        => $"{response.StatusCode} {response.Headers} {response.Content.Headers} {response.Content.ReadAsStringAsync(Cancel).GetAwaiter().GetResult()}";
}
