using Assistant.Domain.Audit.Checkpoints;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class SignedNoteTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a\n1\n")]
    [InlineData("a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n1\nnot base64!\n")]
    [InlineData("a\n1\nAAAA\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Assert.Throws<FormatException>(() => TreeHead.Parse(text));

    [Theory]
    [InlineData("a\n1\n")]
    [InlineData("\n\n")]
    [InlineData("a\n\n")]
    [InlineData("a\n\nno dash x\n")]
    [InlineData("a\n\n— name\n")]
    [InlineData("a\n\n— name AAAA\n")]
    [InlineData("a\n\n— name AAAAAAAA")]
    public void What_is_no_note_is_refused(string note) => Assert.Throws<FormatException>(() => SignedNote.Parse(note));

    [Fact]
    public void A_key_is_given_to_verifiers_as_the_format_asks()
    {
        // The example of the signed-note specification's Go package.
        var key = new CheckpointKey("PeterNeumann", Convert.FromBase64String("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").AsMemory(1));

        Assert.Equal("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", key.ToString());
    }
}
