using Assistant.Infrastructure.Messaging.Rendering;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Rendering;

public sealed class FileKindsTests
{
    [Theory]
    [InlineData("image/png", "a.mp3", "image")]
    [InlineData("AUDIO/ogg; codecs=opus", null, "audio")]
    [InlineData("audio/x-m4a", "New Recording.m4a", "audio")]
    [InlineData("video/webm", "", "video")]
    [InlineData("application/ogg", "a", "audio")]
    [InlineData("application/pdf", "voice.ogg", "file")]
    [InlineData("application/octet-stream", "voice.OGG", "audio")]
    [InlineData("application/octet-stream", "a.bin", "file")]
    [InlineData("", "voice.m4a", "audio")]
    [InlineData(null, "clip.mov", "video")]
    [InlineData(null, "photo.heic", "image")]
    [InlineData(null, "m4a", "file")]
    [InlineData(null, null, "file")]
    [InlineData("audio", null, "audio")]
    [InlineData("nonsense", "a.png", "file")]
    public void A_kind_is_told_by_the_type_and_else_by_the_name(string? type, string? name, string kind) => Assert.Equal(kind, FileKinds.Of(type, name));
}
