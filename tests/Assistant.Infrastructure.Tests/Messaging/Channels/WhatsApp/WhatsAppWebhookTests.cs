using Assistant.Infrastructure.Tests.Messaging.Meta;
using Assistant.Testing.Messaging;
using Assistant.Testing.Meta;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

public sealed class WhatsAppWebhookTests
{
    [Fact]
    public void Every_signature_vector_holds() => MetaVectors.AssertEverySignatureHolds();

    [Fact]
    public void Every_handshake_vector_holds() => MetaVectors.AssertEveryHandshakeHolds();

    [Fact]
    public async Task Meta_takes_the_address_when_the_verify_token_is_the_same_on_both_sides()
    {
        await using var house = new CallbackHouse();
        await using var rig = await WhatsAppRig.NewAsync(house);
        await rig.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal((200, "1158201444"), await rig.Emulator.ShakeHandsAsync(GraphEmulator.VerifyToken));
        Assert.Equal(401, (await rig.Emulator.ShakeHandsAsync("another")).Status);
    }
}
