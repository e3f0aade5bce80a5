using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

public sealed class TwilioReaderTests
{
    private const string Hello = "ToCountry=US&NumMedia=0&SmsStatus=received&Body=hi+%F0%9F%91%8B&To=%2B15550100001&MessageSid=SM1&AccountSid=AC1&From=%2B15550100002";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TwilioReader Reader = new(new ConnectionId("sms"), "AC1");

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("twilio"))
        {
            var expect = payload["expect"]!;
            Assert.True((string)expect["kind"]! == "message", $"{name}: there is no kind {expect["kind"]}.");

            var message = Read((string)payload["raw"]!)!;

            Assert.Equal(
                ((string)expect["message_id"]!, (string)expect["user"]!, (string)expect["conversation"]!, (string)expect["text"]!),
                (message.ExternalMessageId, message.Sender.ExternalId, message.Chat.ExternalId, Assert.IsType<InboundContent.Said>(message.Content).Text));
        }
    }

    [Fact]
    public void Files_are_told_by_their_address_and_type()
    {
        var said = Assert.IsType<InboundContent.Said>(Read(
            Hello.Replace("NumMedia=0", "NumMedia=4", StringComparison.Ordinal)
            + "&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2Fa&MediaContentType0=image%2Fjpeg&MediaUrl1=https%3A%2F%2Fapi.twilio.com%2Fb&MediaContentType1=text%2Fvcard&MediaUrl2=https%3A%2F%2Fapi.twilio.com%2Fc")!.Content);

        Assert.Equal(
            [("image", "https://api.twilio.com/a", "image/jpeg"), ("file", "https://api.twilio.com/b", "text/vcard"), ("file", "https://api.twilio.com/c", null)],
            said.Attachments.Select(file => (file.Kind, file.Reference, file.MediaType)));
        Assert.Equal("hi 👋", said.Text);
    }

    [Theory]
    [InlineData("&AccountSid=AC2")]
    [InlineData("&OptOutType=STOP")]
    [InlineData("&Body=stop")]
    [InlineData("&Body=STOPALL")]
    [InlineData("&Body=Unsubscribe")]
    [InlineData("&Body=Cancel")]
    [InlineData("&Body=+END+")]
    [InlineData("&Body=quit")]
    [InlineData("&Body=REVOKE")]
    [InlineData("&Body=OptOut")]
    [InlineData("&Body=start")]
    [InlineData("&Body=unstop")]
    [InlineData("&Body=++")]
    [InlineData("&From=whatsapp%3A%2B15550100002")]
    [InlineData("&From=%2B1555%2F0100002")]
    [InlineData("&To=")]
    [InlineData("&MessageSid=")]
    [InlineData("&SmsStatus=sent")]
    [InlineData("&NumMedia=-1&Body=")]
    [InlineData("&NumMedia=99999999999&Body=")]
    public void What_is_nothing_for_the_assistant_is_no_message(string changed) => Assert.Null(Read(Hello + changed));

    [Theory]
    [InlineData("Cancel+my+order")]
    [InlineData("The+end")]
    [InlineData("yes")]
    public void Such_a_word_among_others_is_a_message(string body) => Assert.NotNull(Read(Hello + "&Body=" + body));

    [Fact]
    public void A_word_for_help_is_answered() => Assert.NotNull(Read(Hello + "&Body=HELP&OptOutType=HELP"));

    [Theory]
    [InlineData("MessageStatus=undelivered&ErrorCode=30003", "undelivered", 30003)]
    [InlineData("MessageStatus=delivered", "delivered", 0)]
    [InlineData("MessageStatus=failed&ErrorCode=soon", "failed", 0)]
    public void A_report_is_told_from_a_message(string form, string status, int code)
    {
        Assert.Equal(new TwilioStatus(status, code), TwilioReader.ReadStatus(FormBody.Read(Encoding.UTF8.GetBytes(form))));
        Assert.Null(TwilioReader.ReadStatus(FormBody.Read(Encoding.UTF8.GetBytes(Hello))));
    }

    [Theory]
    [InlineData("+15550100001/+15550100002", true)]
    [InlineData("72345/+15550100002", true)]
    [InlineData("+15550100002", false)]
    [InlineData("+15550100001/nobody", false)]
    [InlineData("+15550100001/+1555/2", false)]
    [InlineData("/", false)]
    [InlineData("+/+", false)]
    public void A_chat_is_two_numbers(string chat, bool isOne) => Assert.Equal(isOne, TwilioAddress.Read(new ExternalChat(chat)) is not null);

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        byte[][] seeds = [Encoding.UTF8.GetBytes(Hello), Encoding.UTF8.GetBytes("MessageStatus=failed&ErrorCode=30003&MessageSid=SM1"), Encoding.UTF8.GetBytes("NumMedia=3&MediaUrl0=x&" + Hello)];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() =>
            {
                var fields = FormBody.Read(input);
                _ = Reader.Read(fields, Now);
                _ = TwilioReader.ReadStatus(fields);
                _ = TwilioSignature.IsSigned("token", "https://assistant.example/webhooks/sms", FormBody.ReadAll(input), "x");
            });

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static InboundMessage? Read(string form) => Reader.Read(FormBody.Read(Encoding.UTF8.GetBytes(form)), Now);
}
