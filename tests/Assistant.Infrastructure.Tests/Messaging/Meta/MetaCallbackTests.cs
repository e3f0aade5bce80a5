using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Meta;
using Assistant.Infrastructure.Tests.Messaging.Channels;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Meta;

public sealed class MetaCallbackTests
{
    [Theory]
    [InlineData("POST", "")]
    [InlineData("GET", "")]
    [InlineData("GET", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=")]
    [InlineData("GET", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=token")]
    [InlineData("GET", "hub.challenge=1&hub.verify_token=token")]
    public void What_proves_nothing_is_refused(string method, string query)
        => Assert.Equal(WebhookReply.Refused, new MetaCallback("secret", "token").Answer(NewRequest(method, query)));

    [Fact]
    public void Nothing_is_open_while_a_secret_is_empty()
    {
        var closed = new MetaCallback("", "");

        Assert.False(MetaCallback.IsSigned(ProofWith(""), "", Encoding.UTF8.GetBytes("{}")));
        Assert.Equal(WebhookReply.Refused, closed.Answer(NewRequest("GET", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=")));
    }

    [Fact]
    public void A_proven_request_is_read_only_when_it_is_posted()
    {
        var callback = new MetaCallback("secret", "token");
        var posted = NewRequest("POST", "") with { Headers = new Dictionary<string, string> { [MetaCallback.SignatureHeader] = ProofWith("secret") } };

        Assert.Null(callback.Answer(posted));
        Assert.Equal(405, callback.Answer(posted with { Method = "PUT" })?.Status);
    }

    private static string ProofWith(string secret)
        => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes("{}")));

    private static WebhookRequest NewRequest(string method, string query) => new(
        method, new Dictionary<string, string>(),
        query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]), Encoding.UTF8.GetBytes("{}"));
}

/// <summary>The published vectors; the same for every messenger of Meta's.</summary>
internal static class MetaVectors
{
    public static void AssertEverySignatureHolds()
    {
        foreach (var (id, input, expect) in Vectors.Of("meta-x-hub-signature-256.json"))
        {
            var isSigned = MetaCallback.IsSigned((string?)input["signature"], (string)input["app_secret"]!, Encoding.UTF8.GetBytes((string)input["body"]!));

            Assert.True((bool)expect["valid"]! == isSigned, id);
        }
    }

    public static void AssertEveryHandshakeHolds()
    {
        var path = SharedFolder.Find("vectors/meta-x-hub-signature-256.json");
        Assert.SkipWhen(path is null, "The test vectors are not beside this repository.");
        foreach (var handshake in JsonNode.Parse(File.ReadAllText(path))!["handshake"]!["cases"]!.AsArray())
        {
            var query = ((string)handshake!["query"]!).Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            var reply = new MetaCallback("secret", (string)handshake["verify_token"]!).Answer(
                new WebhookRequest("GET", new Dictionary<string, string>(), query, ReadOnlyMemory<byte>.Empty))!;

            // A refusal looks like every other refusal of this installation; Meta asks for no particular one.
            Assert.Equal((int)handshake["status"]! == 200, reply.Status == 200);
            Assert.Equal((string?)handshake["body"], reply.Body);
        }
    }
}
