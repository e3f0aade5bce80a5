using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

public sealed class TwilioSignatureTests
{
    private const string Url = "https://assistant.example/webhooks/sms";

    [Fact]
    public void Every_signature_vector_holds()
    {
        foreach (var (id, input, expect) in Vectors.Of("twilio.json"))
        {
            var fields = (input["params"] as JsonArray ?? []).Select(pair => ((string)pair![0]!, (string)pair[1]!)).ToList();

            var isSigned = TwilioSignature.IsSigned((string)input["auth_token"]!, (string)input["url"]!, fields, (string?)input["signature"]);

            Assert.True((bool)expect["valid"]! == isSigned, id);
        }
    }

    [Theory]
    [InlineData(Url, Url)]
    [InlineData(Url, "https://assistant.example:443/webhooks/sms")]
    [InlineData("https://assistant.example:443/webhooks/sms", Url)]
    [InlineData("https://assistant.example:8443/webhooks/sms", Url)]
    [InlineData("http://assistant.example/webhooks/sms", "http://assistant.example:80/webhooks/sms")]
    [InlineData("https://[2001:db8::1]/webhooks/sms", "https://[2001:db8::1]:443/webhooks/sms")]
    [InlineData(Url + "?a=b", "https://assistant.example:443/webhooks/sms?a=b")]
    [InlineData(Url + "#rc=3&rp=all", Url)]
    public void The_address_counts_to_the_letter_but_for_its_port_and_what_stands_behind_the_hash(string ours, string called)
        => Assert.True(TwilioSignature.IsSigned("token", ours, [], Sign("token", called)));

    [Theory]
    [InlineData("https://assistant.example/webhooks/other")]
    [InlineData("http://assistant.example/webhooks/sms")]
    [InlineData("https://assistant.example/webhooks/sms/")]
    [InlineData("https://assistant.example/webhooks/sms?a=b")]
    public void Another_address_is_another(string called) => Assert.False(TwilioSignature.IsSigned("token", Url, [], Sign("token", called)));

    [Fact]
    public void Fields_are_signed_in_order_and_one_that_comes_twice_with_each_of_its_values_once()
        => Assert.True(TwilioSignature.IsSigned("token", Url, [("b", "2"), ("A", "z"), ("b", "1"), ("b", "2")], Sign("token", $"{Url}Azb1b2")));

    [Fact]
    public void A_body_that_is_no_form_is_signed_by_its_hash()
    {
        var body = Encoding.UTF8.GetBytes("""{"a":1}""");
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var signature = Sign("token", $"{Url}?bodySHA256={hash}");

        Assert.True(TwilioSignature.IsSigned("token", Url, hash, body, signature));
        Assert.False(TwilioSignature.IsSigned("token", Url, hash, Encoding.UTF8.GetBytes("""{"a":2}"""), signature));
        Assert.False(TwilioSignature.IsSigned("token", Url, hash[1..], body, Sign("token", $"{Url}?bodySHA256={hash[1..]}")));
    }

    [Fact]
    public void An_empty_token_signs_nothing()
    {
        Assert.False(TwilioSignature.IsSigned("", Url, [], Sign("", Url)));
        Assert.False(TwilioSignature.IsSigned("token", Url, [], null));
        Assert.False(TwilioSignature.IsSigned("token", Url, [], ""));
    }

    private static string Sign(string token, string content)
    {
#pragma warning disable CA5350 // Twilio's own scheme.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(content)));
#pragma warning restore CA5350
    }
}
