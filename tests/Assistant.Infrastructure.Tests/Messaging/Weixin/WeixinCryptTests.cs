using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Infrastructure.Tests.Messaging.Channels;
using Assistant.Testing.Messaging;
using Assistant.Testing.Weixin;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Weixin;

public sealed class WeixinCryptTests
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    [Theory]
    [InlineData("wecom-crypt.json")]
    [InlineData("wechat-mp.json")]
    public void Signed_vectors_open_as_they_should(string file)
    {
        foreach (var (id, input, expect) in Vectors.Of(file).Where(vector => vector.Input["msg_signature"] is not null))
        {
            var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(long.Parse((string)input["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture)));
            var envelope = new WeixinEnvelope((string)input["token"]!, new WeixinCrypt((string)input["encoding_aes_key"]!, (string)input["receive_id"]!), time);

            var opened = envelope.OpenText(Request(input), (string)input["encrypt"]!);

            Assert.True((bool)expect["valid"]! == opened is not null, id);
            Assert.Equal((string?)expect["message"], opened is null ? null : Encoding.UTF8.GetString(opened));
        }
    }

    [Theory]
    [InlineData("wecom-crypt.json")]
    [InlineData("wechat-mp.json")]
    public void Encrypted_vectors_are_what_the_emulators_send_and_we_open(string file)
    {
        foreach (var (id, input, expect) in Vectors.Of(file).Where(vector => vector.Input["random"] is not null))
        {
            var (key, receiver, message) = ((string)input["encoding_aes_key"]!, (string)input["receive_id"]!, (string)input["message"]!);

            var encrypted = WeixinSeal.Encrypt(key, Encoding.UTF8.GetBytes((string)input["random"]!), message, receiver);

            Assert.True((string)expect["encrypt"]! == encrypted, id);
            Assert.Equal(message, Encoding.UTF8.GetString(new WeixinCrypt(key, receiver).Open(encrypted)!));
        }
    }

    [Fact]
    public void Messages_of_every_length_open_whatever_their_padding()
    {
        for (var length = 0; length < 70; length++)
        {
            var message = new string('x', length);
            Assert.Equal(message, Encoding.UTF8.GetString(new WeixinCrypt(Key, "ww1").Open(WeixinSeal.Encrypt(Key, new byte[16], message, "ww1"))!));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("!bcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")]
    public void Without_a_key_nothing_opens(string key)
    {
        Assert.False(WeixinCrypt.HasKeyForm(key));
        Assert.Null(new WeixinCrypt(key, "ww1").Open(WeixinSeal.Encrypt(Key, new byte[16], "x", "ww1")));
    }

    [Fact]
    public void Without_a_receiver_nothing_opens() => Assert.Null(new WeixinCrypt(Key, "").Open(WeixinSeal.Encrypt(Key, new byte[16], "x", "")));

    [Fact]
    public void An_empty_token_signs_nothing()
        => Assert.False(WeixinSignature.IsValid(WeixinSeal.Sign("", "1", "2"), "", "1", "2"));

    [Fact]
    public void Any_text_opens_or_does_not()
    {
        var crypt = new WeixinCrypt(Key, "ww1");
        var good = Enumerable.Range(0, 4).Select(i => Encoding.UTF8.GetBytes(WeixinSeal.Encrypt(Key, new byte[16], new string('y', i * 17), "ww1"))).ToArray();

        Assert.All(MutatedBytes.Of(good), broken => Assert.Null(Record.Exception(() => crypt.Open(Encoding.UTF8.GetString(broken.Input)))));
    }

    [Theory]
    [InlineData("<!DOCTYPE xml [<!ENTITY a \"aaaa\">]><xml><Content>&a;</Content></xml>")]
    [InlineData("<!DOCTYPE xml SYSTEM \"http://127.0.0.1:1/x.dtd\"><xml><Content>x</Content></xml>")]
    [InlineData("<xml><Content>x</xml>")]
    [InlineData("<other><Content>x</Content></other>")]
    [InlineData("")]
    public void Xml_with_a_document_type_or_none_at_all_is_not_read(string xml) => Assert.Null(WeixinXml.Read(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void Json_keeps_every_character_and_is_json()
    {
        var text = "你好 👩‍👩‍👧 \"quoted\" \\ back\nline\ttab\u0001 שלום";

        var bytes = WeixinJson.BytesOf(new JsonObject { ["text"] = text, ["list"] = new JsonArray(1, "b", null, new JsonObject()), ["yes"] = true });

        Assert.Equal(text, (string?)JsonNode.Parse(bytes)!["text"]);
        Assert.Contains("你好 👩‍👩‍👧", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal("[1,\"b\",null,{}]", JsonNode.Parse(bytes)!["list"]!.ToJsonString());
    }

    private static WebhookRequest Request(JsonNode input) => new(
        "GET",
        new Dictionary<string, string>(),
        new[] { "msg_signature", "timestamp", "nonce" }.ToDictionary(name => name, name => (string)input[name]!),
        ReadOnlyMemory<byte>.Empty);
}
