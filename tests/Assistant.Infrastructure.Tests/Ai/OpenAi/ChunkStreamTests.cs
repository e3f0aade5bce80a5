using System.Text;
using Assistant.Infrastructure.Ai.OpenAi;
using Assistant.Infrastructure.Ai.Pipeline;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai.OpenAi;

public sealed class ChunkStreamTests
{
    private const string Odd = """data: {"choices":[{"delta":{"role":"","content":"a"}}]}""";
    private const string Mended = """data: {"choices":[{"delta":{"role":"assistant","content":"a"}}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData(": waiting\n\ndata: {\"a\": [oops\n\ndata: 42\r\n\r\nid: 7\rdata: [DONE]\n\n")]
    [InlineData("\uFEFFdata:{\"choices\":[{\"delta\":{\"content\":\"你好\"}}]}\n\ndata: {\"cut off")]
    [InlineData("{\"not\": \"a completion\"}")]
    [InlineData("[oops")]
    [InlineData("data: {\"choices\":1,\"choices\":2}\n\ndata: {\"choices\":[{\"delta\":{\"role\":\"\\ud800\"}}]}\n")]
    public async Task What_is_not_odd_or_not_understood_passes_as_it_came(string answer)
    {
        Assert.Equal(answer, await ReadAsync(answer, int.MaxValue));
        Assert.Equal(answer, await ReadAsync(answer, 1));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task An_odd_line_is_mended_wherever_it_is_cut(string end)
    {
        var answer = $"data: {{}}{end}{end}{Odd}{end}{end}{Odd}{end}{end}data: [DONE]{end}{end}";

        foreach (var size in (int[])[1, 2, 7, 64, int.MaxValue])
        {
            Assert.Equal(answer.Replace(Odd, Mended, StringComparison.Ordinal), await ReadAsync(answer, size));
        }
    }

    [Fact]
    public async Task What_came_before_a_fault_is_handed_on_first()
    {
        await using var stream = Stream("data: {}\n\ndata: {\"error\":\"oops\"}\n\n", int.MaxValue);
        var buffer = new byte[100];

        Assert.Equal("data: {}\n\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Cancel)));
        await Assert.ThrowsAsync<EngineFaultException>(() => stream.ReadExactlyAsync(buffer, Cancel).AsTask());
    }

    [Fact]
    public async Task A_line_as_long_as_the_limit_is_read()
    {
        var answer = "data: {\"choices\":[],\"x\":\"" + new string('a', EndlessGuard.MaxLineBytes - 100) + "\"}\n\n";

        Assert.Equal(answer, await ReadAsync(answer, 10_000));
    }

    [Fact]
    public async Task A_document_is_held_to_the_length_of_a_line()
    {
        var answer = "{\n" + string.Concat(Enumerable.Repeat(new string(' ', 1000) + "\n", 1100));

        Assert.Equal(FaultWords.Endless, (await Assert.ThrowsAsync<EngineFaultException>(() => ReadAsync(answer, 10_000))).Fault);
    }

    [Theory]
    [InlineData("""{"id":"c","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""")]
    [InlineData("""{"id":"c","created":1,"choices":[{"index":0,"delta":{"content":"say \"role\": \"x\", \"error\""},"logprobs":null,"finish_reason":null}],"usage":null}""")]
    [InlineData("""{"choices": [{"index": 0, "delta": {"role": null, "content": null}, "finish_reason": "stop"}], "created": 1700000000}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":0}}}""")]
    public void What_servers_usually_send_is_not_parsed(string chunk) => Assert.True(OrdinaryChunk.Is(Encoding.UTF8.GetBytes(chunk)));

    private static async Task<string> ReadAsync(string answer, int size)
    {
        await using var stream = Stream(answer, size);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Cancel);
        return Encoding.UTF8.GetString(read.ToArray());
    }

    private static ChunkStream Stream(string answer, int size) => new(new Slow(Encoding.UTF8.GetBytes(answer), size), new(words => words));

    /// <summary>Comes in pieces.</summary>
    private sealed class Slow(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
