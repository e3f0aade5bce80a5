using System.Security.Cryptography;
using Assistant.Domain.Security.EndToEnd;
using Xunit;

namespace Assistant.Domain.Tests.Security.EndToEnd;

public sealed class SecureLineTests
{
    private const int MaxMessage = 200_000;

    [Fact] // from the second implementation of NoiseHandshakeTests
    public void Keys_of_the_line_give_the_known_ciphertexts()
    {
        var (initiator, responder) = NoiseHandshakeTests.Sides();
        responder.Read(initiator.Write([]));
        initiator.Read(responder.Write("who are you"u8));
        responder.Read(initiator.Write("let me in"u8));

        var (mine, theirs) = initiator.Split();

        Assert.Equal("23faf08a42b6a9d6f7bf3b25fe10f5d24d6b7985d4", Convert.ToHexStringLower(mine.Encrypt([], "first"u8)));
        Assert.Equal("6741249ac27e8b7b919122dab25b112c30653919c032f9d1a897eec1", Convert.ToHexStringLower(theirs.Encrypt([], "first answer"u8)));
        Assert.Equal("cab6cc66a6a7817bf70bcab863805654ee048511cde1", Convert.ToHexStringLower(mine.Encrypt([], "second"u8)));
        mine.Rekey();
        Assert.Equal("d2e3d02d58bb2a3810f854b6959a40c025cb6e11b96697e31f0b6f", Convert.ToHexStringLower(mine.Encrypt([], "after rekey"u8)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(65_277)]
    [InlineData(65_278)]
    [InlineData(200_000)]
    public void A_message_of_any_length_arrives_whole(int length)
    {
        var (one, other) = Lines();
        var message = RandomNumberGenerator.GetBytes(length);

        byte[]? arrived = null;
        foreach (var frame in one.Seal(message))
        {
            Assert.Null(arrived);
            Assert.InRange(frame.Length, SecureLine.PaddingBytes, SecureLine.MaxFrameBytes);
            arrived = other.Open(frame);
        }

        Assert.Equal(message, arrived);
    }

    [Fact]
    public void Lengths_tell_little()
    {
        var (one, _) = Lines();

        Assert.Single(new[] { 0, 1, 50, 120, 253 }.Select(length => Assert.Single(one.Seal(new byte[length])).Length).Distinct());
    }

    [Fact]
    public void An_altered_byte_anywhere_breaks_the_line()
    {
        var length = Assert.Single(Lines().One.Seal("hello"u8)).Length;
        for (var at = 0; at < length; at++)
        {
            var (one, other) = Lines();
            var frame = one.Seal("hello"u8)[0];
            frame[at] ^= 0x80;

            Assert.Throws<LineBrokenException>(() => other.Open(frame));
        }
    }

    [Fact]
    public void A_repeated_a_swapped_and_a_missing_frame_break_the_line()
    {
        AssertBroken(frames => [frames[0], frames[0]]);
        AssertBroken(frames => [frames[1], frames[0]]);
        AssertBroken(frames => [frames[0], frames[2]]);
        AssertBroken(frames => [frames[0], frames[1], frames[2], frames[1]]);
    }

    [Fact]
    public void A_broken_line_stays_broken()
    {
        var (one, other) = Lines();
        var frames = new[] { one.Seal("one"u8)[0], one.Seal("two"u8)[0] };
        Assert.Throws<LineBrokenException>(() => other.Open(frames[1]));

        Assert.Throws<LineBrokenException>(() => other.Open(frames[0]));
        Assert.Throws<LineBrokenException>(() => other.Seal("three"u8));
    }

    [Fact]
    public void What_one_side_said_is_not_taken_for_an_answer()
    {
        var (one, _) = Lines();

        Assert.Throws<LineBrokenException>(() => one.Open(one.Seal("hello"u8)[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(SecureLine.MaxFrameBytes + 1)]
    public void A_cut_or_oversized_frame_breaks_the_line(int length)
    {
        var (one, other) = Lines();
        var frame = one.Seal(new byte[60_000])[0];

        Assert.Throws<LineBrokenException>(() => other.Open(length < frame.Length ? frame.AsSpan(0, length) : new byte[length]));
    }

    [Fact]
    public void A_message_beyond_the_limit_breaks_the_line_before_it_is_whole()
    {
        var (one, other) = Lines();
        var frames = one.Seal(new byte[MaxMessage + 70_000]);
        var opened = 0;

        Assert.Throws<LineBrokenException>(() =>
        {
            foreach (var frame in frames)
            {
                other.Open(frame);
                opened++;
            }
        });
        Assert.Equal(3, opened);
    }

    [Fact]
    public void A_long_conversation_goes_on_under_new_keys()
    {
        var (one, other) = Lines();
        for (var i = 0; i < 3 * (int)SecureLine.RekeyEvery; i++)
        {
            var message = BitConverter.GetBytes(i);
            Assert.Equal(message, other.Open(one.Seal(message)[0]));
        }
    }

    [Fact]
    public void A_key_that_was_replaced_opens_nothing_that_follows()
    {
        var key = RandomNumberGenerator.GetBytes(KeyPair.Bytes);
        using var current = new CipherState(key);
        using var stolen = new CipherState(key, next: 1);
        current.Encrypt([], "before"u8);
        current.Rekey();

        Assert.Throws<LineBrokenException>(() => stolen.Decrypt([], current.Encrypt([], "after"u8)));
    }

    [Fact]
    public void The_counter_ends_before_it_repeats()
    {
        using var cipher = new CipherState(new byte[KeyPair.Bytes], next: ulong.MaxValue - 1);
        cipher.Encrypt([], "the last"u8);

        Assert.Throws<LineBrokenException>(() => cipher.Encrypt([], "one more"u8));
        Assert.Throws<LineBrokenException>(() => cipher.Decrypt([], new byte[32]));
    }

    [Fact]
    public void Two_lines_of_the_same_identities_share_nothing()
    {
        var frame = Lines().One.Seal("hello"u8)[0];

        Assert.Throws<LineBrokenException>(() => Lines().Other.Open(frame));
    }

    /// <summary>Two ends of a line between the same two identities: a new one each time.</summary>
    private static (SecureLine One, SecureLine Other) Lines()
    {
        var agreement = new Testing.Fakes.PlainKeyAgreement();
        using var initiator = new NoiseHandshake(agreement, NoiseHandshakeTests.Key(0), begins: true, []);
        using var responder = new NoiseHandshake(agreement, NoiseHandshakeTests.Key(0x20), begins: false, []);
        responder.Read(initiator.Write([]));
        initiator.Read(responder.Write([]));
        responder.Read(initiator.Write([]));
        return (initiator.Open(MaxMessage), responder.Open(MaxMessage));
    }

    private static void AssertBroken(Func<byte[][], byte[][]> passedOn)
    {
        var (one, other) = Lines();
        byte[][] frames = [one.Seal("one"u8)[0], one.Seal("two"u8)[0], one.Seal("three"u8)[0]];

        Assert.Throws<LineBrokenException>(() =>
        {
            foreach (var frame in passedOn(frames))
            {
                other.Open(frame);
            }
        });
    }
}
