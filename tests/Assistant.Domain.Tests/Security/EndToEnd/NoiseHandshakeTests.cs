using System.Text;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Domain.Tests.Security.EndToEnd;

/// <summary>
/// Known answers come from a second implementation, written from revision 34 of the specification over another library (Node.js with
/// OpenSSL): private keys count up from 00 (initiator), 20 (responder), 40 and 60 (their ephemeral keys).
/// </summary>
public sealed class NoiseHandshakeTests
{
    private const string Prologue = "assistant test vector";
    private const string First = "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a";
    private const string Second =
        "675dd574ed7789310b3d2e7681f3790b466c773b1521fecf36577958371ea52fd678966b51aab864c309cda10faf8b94104fa031dacdf106761b92651def7efff077f47b"
        + "a5de480329a0e72d78892c835e3f187c6a25eda75da79f2ab18745bc2ca2665747fd40c1acd28c";
    private const string Third =
        "72566db126c34b9ff02b215ebc15ee7763470c037559245ad718ae0f89777d778061bfbe70313c3b4f2d9f648ef1bb6abcea2b85d617f58488864e672bcd8c6a3161ef2e"
        + "f55a1ef64e";

    private static readonly PlainKeyAgreement Agreement = new();

    [Fact]
    public void Every_message_is_the_known_one()
    {
        var (initiator, responder) = Sides();

        var first = initiator.Write([]);
        var said = new List<string> { Text(responder.Read(first)) };
        var second = responder.Write("who are you"u8);
        said.Add(Text(initiator.Read(second)));
        var third = initiator.Write("let me in"u8);
        said.Add(Text(responder.Read(third)));

        Assert.Equal([First, Second, Third], new[] { first, second, third }.Select(Convert.ToHexStringLower));
        Assert.Equal(["", "who are you", "let me in"], said);
        Assert.Equal("13b104b64a671f0a56472079fd97bcf94c41eb17ac0242addcefa6b3054c4663", Convert.ToHexStringLower(initiator.Hash.Span));
        Assert.Equal(initiator.Hash.ToArray(), responder.Hash.ToArray());
        Assert.Equal("358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254", Convert.ToHexStringLower(initiator.TheirIdentity.Span));
        Assert.Equal("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f", Convert.ToHexStringLower(responder.TheirIdentity.Span));
    }

    [Fact]
    public void The_first_side_knows_who_answers_before_it_says_who_it_is()
    {
        var (initiator, responder) = Sides();
        Assert.Throws<InvalidOperationException>(() => initiator.TheirIdentity);

        responder.Read(initiator.Write([]));
        initiator.Read(responder.Write([]));

        Assert.Equal(KeyPair.Bytes, initiator.TheirIdentity.Length);
        Assert.Throws<InvalidOperationException>(() => responder.TheirIdentity);
    }

    [Fact]
    public void An_altered_byte_anywhere_ends_the_handshake()
    {
        var refused = 0;
        foreach (var (message, length) in new[] { (1, First.Length / 2), (2, Second.Length / 2), (3, Third.Length / 2) })
        {
            for (var at = 0; at < length; at++)
            {
                Assert.Throws<LineBrokenException>(() => Run(message, bytes => bytes[at] ^= 1));
                refused++;
            }
        }

        Assert.Equal(32 + 107 + 73, refused);
    }

    [Theory]
    [InlineData(1, 31)]
    [InlineData(2, 106)]
    [InlineData(2, 95)]
    [InlineData(2, 40)]
    [InlineData(3, 72)]
    [InlineData(3, 47)]
    [InlineData(3, 0)]
    public void A_cut_message_ends_the_handshake(int message, int length)
        => Assert.Throws<LineBrokenException>(() => Run(message, change: null, cut: length));

    [Fact]
    public void A_recorded_handshake_cannot_be_played_again()
    {
        var recorded = Sides();
        var first = recorded.Initiator.Write([]);
        recorded.Responder.Read(first);
        recorded.Initiator.Read(recorded.Responder.Write([]));
        var third = recorded.Initiator.Write("let me in"u8);

        // The same identities; the responder's key for the line is new, as it is for every line.
        using var later = new NoiseHandshake(Agreement, Key(0x20), begins: false, Encoding.ASCII.GetBytes(Prologue));
        later.Read(first);
        later.Write([]);

        Assert.Throws<LineBrokenException>(() => later.Read(third));
    }

    [Fact]
    public void Sides_that_expect_different_things_do_not_meet()
    {
        var (initiator, _) = Sides();
        using var responder = new NoiseHandshake(Agreement, Key(0x20), begins: false, "assistant test victor"u8);
        responder.Read(initiator.Write([]));

        Assert.Throws<LineBrokenException>(() => initiator.Read(responder.Write([])));
    }

    [Fact]
    public void Somebody_in_between_is_somebody_else()
    {
        using var initiator = new NoiseHandshake(Agreement, Key(0), begins: true, []);
        using var between = new NoiseHandshake(Agreement, Key(0x90), begins: false, []);
        between.Read(initiator.Write([]));
        initiator.Read(between.Write([]));

        Assert.NotEqual(Key(0x20).Public.ToArray(), initiator.TheirIdentity.ToArray());
    }

    [Fact]
    public void Each_side_speaks_in_its_turn()
    {
        var (initiator, responder) = Sides();

        Assert.Throws<InvalidOperationException>(() => responder.Write([]));
        Assert.Throws<InvalidOperationException>(() => initiator.Read(new byte[32]));
        Assert.Throws<InvalidOperationException>(() => initiator.Open(100));
    }

    internal static KeyPair Key(byte first) => Agreement.Restore([.. Enumerable.Range(first, KeyPair.Bytes).Select(i => (byte)i)]);

    internal static (NoiseHandshake Initiator, NoiseHandshake Responder) Sides() => (
        new NoiseHandshake(Agreement, Key(0), Key(0x40), begins: true, Encoding.ASCII.GetBytes(Prologue)),
        new NoiseHandshake(Agreement, Key(0x20), Key(0x60), begins: false, Encoding.ASCII.GetBytes(Prologue)));

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    // A changed first message is noticed when the second does not fit what was said.
    private static void Run(int altered, Action<byte[]>? change, int? cut = null)
    {
        var (initiator, responder) = Sides();
        responder.Read(Pass(1, initiator.Write([])));
        initiator.Read(Pass(2, responder.Write("who are you"u8)));
        responder.Read(Pass(3, initiator.Write("let me in"u8)));

        byte[] Pass(int number, byte[] message)
        {
            if (number == altered)
            {
                change?.Invoke(message);
                return message[..(cut ?? message.Length)];
            }

            return message;
        }
    }
}
