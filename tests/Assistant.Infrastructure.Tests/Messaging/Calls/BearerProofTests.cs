using System.Text;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class BearerProofTests
{
    private const string Issuer = "https://issuer.example";
    private const string Us = "app-1";

    private static readonly TokenMint Mint = new TokenMint().With("k1").With("k2");
    private static readonly System.Collections.Frozen.FrozenDictionary<string, PublishedKey> Keys = PublishedKeys.Parse(Encoding.UTF8.GetBytes(Mint.Published().ToJsonString()));
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_token_is_genuine_and_says_what_it_says()
    {
        var genuine = Assert.IsType<BearerVerdict.Genuine>(await VerifyAsync(Token(claims => claims["email_verified"] = true)));

        Assert.Equal((Us, null, true, false), (genuine.Text("aud"), genuine.Text("email"), genuine.IsTrue("email_verified"), genuine.IsTrue("aud")));
    }

    [Theory]
    [InlineData("iss", "https://issuer.example/")]
    [InlineData("iss", "https://ISSUER.example")]
    [InlineData("iss", null)]
    [InlineData("aud", "app-2")]
    [InlineData("aud", "app-1/")]
    [InlineData("aud", "")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    public async Task A_claim_that_is_not_ours_is_refused(string name, string? value)
        => Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(Token(claims => claims[name] = value)));

    [Theory]
    [InlineData(-301, -3600, -3600, false)]
    [InlineData(-299, -3600, -3600, true)]
    [InlineData(3600, 301, 0, false)]
    [InlineData(3600, 299, 0, true)]
    [InlineData(3600, 0, 301, false)]
    [InlineData(3600, 0, 299, true)]
    public async Task Clocks_may_be_five_minutes_apart(int expires, int begins, int issued, bool isGenuine)
    {
        var token = Token(claims =>
        {
            claims["exp"] = Now.ToUnixTimeSeconds() + expires;
            claims["nbf"] = Now.ToUnixTimeSeconds() + begins;
            claims["iat"] = Now.ToUnixTimeSeconds() + issued;
        });

        Assert.Equal(isGenuine, await VerifyAsync(token) is BearerVerdict.Genuine);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("rs256")]
    [InlineData("PS256")]
    public async Task Another_algorithm_is_refused_before_any_key_is_looked_for(string algorithm)
    {
        var token = Mint.Sign("k1", Claims(), new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = "k1" });

        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync($"Bearer {token}", (_, _) => throw new InvalidOperationException("It looked for a key.")));
        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync($"Bearer {token[..(token.LastIndexOf('.') + 1)]}"));
    }

    [Fact]
    public async Task A_key_signs_under_its_own_name_only()
    {
        var token = Mint.Sign("k1", Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = "k2" });

        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync($"Bearer {token}"));
        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync($"Bearer {Mint.Sign("k1", Claims(), new JsonObject { ["alg"] = "RS256" })}"));
    }

    [Fact]
    public async Task One_token_has_one_spelling()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var token = Token();

        foreach (var other in Alphabet.Where(other => other != token[^1]))
        {
            Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(token[..^1] + other));
        }

        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(token + "="));
        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(token + "."));
        Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(token + " "));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer ..")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task What_is_no_token_is_refused(string? authorization) => Assert.IsType<BearerVerdict.Refused>(await VerifyAsync(authorization));

    [Fact]
    public async Task Nobody_is_let_in_as_nobody()
    {
        var token = Token(claims => claims["aud"] = "");

        Assert.IsType<BearerVerdict.Refused>(await BearerProof.VerifyAsync(token, new BearerRule(Issuer, ""), Find, new FakeTimeProvider(Now), Cancel));
    }

    [Fact]
    public async Task Without_keys_it_is_neither_believed_nor_refused()
    {
        var verdict = await VerifyAsync(Token(), (_, _) => Task.FromResult<KeyFinding>(new KeyFinding.Unavailable(Domain.Wording.Phrase.Of("channel.no-answer", ("name", "X")))));

        Assert.IsType<BearerVerdict.Unknown>(verdict);
    }

    [Fact]
    public async Task Whatever_stands_in_the_header_is_a_verdict()
    {
        var right = Token();
        byte[][] seeds = [Encoding.ASCII.GetBytes(right), .. new[] { """{"alg":"RS256","kid":"k1"}""", """{"alg":"RS256","kid":"k1","typ":"JWT","crit":["b64"]}""" }.Select(Encoding.UTF8.GetBytes)];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            // Half of them as they are; the others as a header within a token that is right otherwise.
            var text = Encoding.UTF8.GetString(input);
            var authorization = seed % 2 == 0 ? text : $"Bearer {System.Buffers.Text.Base64Url.EncodeToString(input)}.{right.Split('.')[1]}.{right.Split('.')[2]}";
            BearerVerdict? verdict = null;

            var fault = await Record.ExceptionAsync(async () => verdict = await VerifyAsync(authorization));

            Assert.True(fault is null, $"seed {seed}: {fault}");

            // The name of the scheme may be in either case; the token is one to the letter.
            Assert.True(
                verdict is BearerVerdict.Refused || (authorization.Equals(right, StringComparison.OrdinalIgnoreCase) && authorization["Bearer ".Length..] == right["Bearer ".Length..]),
                $"seed {seed}: {authorization}");
        }
    }

    private static Task<BearerVerdict> VerifyAsync(string? authorization, KeySource? keys = null)
        => BearerProof.VerifyAsync(authorization, new BearerRule(Issuer, Us), keys ?? Find, new FakeTimeProvider(Now), Cancel);

    private static Task<KeyFinding> Find(string id, CancellationToken cancellationToken)
        => Task.FromResult<KeyFinding>(Keys.TryGetValue(id, out var key) ? new KeyFinding.Found(key) : new KeyFinding.Unknown());

    private static string Token(Action<JsonObject>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return $"Bearer {Mint.Sign("k1", claims)}";
    }

    private static JsonObject Claims() => new() { ["iss"] = Issuer, ["aud"] = Us, ["exp"] = Now.ToUnixTimeSeconds() + 3600 };
}
