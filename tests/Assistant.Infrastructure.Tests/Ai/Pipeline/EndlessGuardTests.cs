using Assistant.Infrastructure.Ai.Pipeline;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class EndlessGuardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_may_be_as_long_as_the_limit_and_no_longer()
    {
        await ReadAsync(Line(EndlessGuard.MaxLineBytes));
        await IsEndlessAsync(Line(EndlessGuard.MaxLineBytes + 1));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public async Task A_line_break_begins_the_count_anew(string lineBreak)
    {
        var half = Line(EndlessGuard.MaxLineBytes / 2);
        byte[] end = [.. lineBreak.Select(sign => (byte)sign)];

        await ReadAsync([.. half, .. end, .. half, .. end, .. half]);
        await IsEndlessAsync([.. half, .. end, .. half, .. half, (byte)'a']);
    }

    [Fact]
    public async Task Lines_without_end_are_endless_too()
    {
        var lines = new byte[EndlessGuard.MaxBytes];
        for (var end = 999; end < lines.Length; end += 1000)
        {
            lines[end] = (byte)'\n';
        }

        await ReadAsync(lines);
        await IsEndlessAsync([.. lines, (byte)'\n']);
    }

    private static byte[] Line(int length)
    {
        var line = new byte[length];
        line.AsSpan().Fill((byte)'a');
        return line;
    }

    private static async Task ReadAsync(byte[] bytes)
    {
        await using var guard = new EndlessGuard(new MemoryStream(bytes));
        using var read = new MemoryStream();
        await guard.CopyToAsync(read, Cancel);
        Assert.Equal(bytes.Length, read.Length);
    }

    private static async Task IsEndlessAsync(byte[] bytes)
        => Assert.Equal(FaultWords.Endless, (await Assert.ThrowsAsync<EngineFaultException>(() => ReadAsync(bytes))).Fault);
}
