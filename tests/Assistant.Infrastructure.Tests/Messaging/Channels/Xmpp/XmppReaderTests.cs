using System.Text;
using System.Xml;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

public sealed class XmppReaderTests
{
    private const string Root = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>";

    [Theory]
    [InlineData("<!DOCTYPE stream [<!ENTITY a \"aaaa\">]>" + Root + "<message><body>&a;</body></message>")]
    [InlineData("<!DOCTYPE stream SYSTEM \"http://127.0.0.1:1/x.dtd\">" + Root + "<message/>")]
    [InlineData(Root + "<!DOCTYPE message [<!ENTITY a \"aaaa\">]><message><body>&a;</body></message>")]
    [InlineData(Root + "<message><body>&a;</body></message>")]
    public async Task A_document_type_and_what_it_could_name_are_not_read(string xml)
    {
        using var reader = new XmppReader(new MemoryStream(Encoding.UTF8.GetBytes(xml)));

        await Assert.ThrowsAsync<XmlException>(async () =>
        {
            await reader.ReadRootAsync();
            await reader.ReadAsync();
        });
    }
}
