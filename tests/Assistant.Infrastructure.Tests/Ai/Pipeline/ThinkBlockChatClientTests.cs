using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class ThinkBlockChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Hello", "<think>let me see</think>Hello")]
    [InlineData("Hello", "<", "thi", "nk>let me", " see</th", "ink>", "\n\nHel", "lo")]
    [InlineData("Hello", "\n <think>\n\n</think>\n\n", "Hello")]
    [InlineData("Hello", "<think>a <", "b", "</", "think>", "Hello")]
    [InlineData("a < b", "<think>is a <b>?</thi</think>a < b")]
    public async Task What_a_model_thinks_first_is_kept_from_people(string answer, params string[] pieces)
        => Assert.Equal(answer, (await Client(Says(pieces)).TextAsync(Cancel)).Trim());

    [Theory]
    [InlineData("<b>bold</b>", "<", "b>bold</b>")]
    [InlineData("<thinking>", "<think", "ing>")]
    [InlineData("< 5", "< 5")]
    [InlineData("<thi", "<thi")]
    [InlineData("Yes <think>no</think>", "Yes <think>no</think>")]
    [InlineData("<think>two</think>", "<think>one</think>", "<think>two</think>")]
    public async Task Any_other_text_is_said_as_it_is(string answer, params string[] pieces)
        => Assert.Equal(answer, await Client(Says(pieces)).TextAsync(Cancel));

    [Theory]
    [InlineData("thoughts</think>Hello")]
    [InlineData("Okay, they say hi. ", "I should greet.\n</think>", "\n\n", "Hello")]
    [InlineData("Okay", ".\n", "</th", "ink>", "\n\nHel", "lo")]
    [InlineData("先问好。", "</think>", "Hello")]
    [InlineData("Is `</think>` the end?\n```\n</think>\n```\nYes.\n", "</think>\n\nHello")]
    [InlineData("</think>", "\n\nHello")]
    public async Task What_a_model_thought_is_void_where_only_its_end_is_marked(params string[] pieces)
        => Assert.Equal("Hello", (await SaidAsync(pieces)).Trim());

    [Theory]
    [InlineData("Use `</think>` for that.\nHello")]
    [InlineData("Use ``", "`x`", "` as in:\n``", "`xml\na</think>\n``", "`\nHello")]
    [InlineData("Models write </think> at the end.", "\n</think>\nHello")]
    [InlineData("It is called \"</think>\"", ".\nHello")]
    [InlineData("First <think>, then thoughts.\n</think>\nHello")]
    public async Task An_answer_that_speaks_of_the_tag_is_said_as_it_is(params string[] pieces)
        => Assert.Equal(string.Concat(pieces), await SaidAsync(pieces));

    [Fact]
    public async Task Thoughts_alone_are_an_empty_answer_also_where_only_their_end_is_marked()
        => Assert.Equal(FaultWords.Blank, await FaultOfAsync(Says("Let me see.", "\n</think>", "\n")));

    [Fact]
    public async Task No_more_is_held_back_than_what_may_become_a_tag()
    {
        Assert.Equal(["<b", "old"], await PiecesAsync("<b", "old"));
        Assert.Equal(["<b>", "old"], await PiecesAsync("<", "b>", "old"));
        Assert.Equal([" ", "<t>"], await PiecesAsync(" ", "<t", ">"));
        Assert.Equal(["a ", "</b", "> c"], await PiecesAsync("a ", "</b", "> c"));
    }

    [Fact]
    public async Task Thoughts_show_that_the_engine_is_at_work()
    {
        var updates = await Client(Says("<think>let me see", "</think>Hello")).GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);

        Assert.Equal("let me see", Assert.IsType<TextReasoningContent>(Assert.Single(updates[0].Contents)).Text);
    }

    [Fact]
    public async Task A_block_that_nothing_follows_is_an_empty_answer()
    {
        Assert.Equal(FaultWords.Blank, await FaultOfAsync(Says("<think>let me see")));
        Assert.Equal(FaultWords.Blank, await FaultOfAsync(Says("<think>let me see</think>", "\n")));
    }

    [Fact]
    public async Task A_block_without_end_is_cut()
        => Assert.Equal(FaultWords.Endless, await FaultOfAsync(Says(["<think>", .. Enumerable.Repeat(new string('a', 1000), 201)])));

    private static PlainFaultChatClient Client(Act act) => new(new ThinkBlockChatClient(new ScriptedChatClient(act)));

    private static async Task<string> SaidAsync(string[] pieces)
    {
        var updates = await Client(Says(pieces)).GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);
        var contents = updates.SelectMany(update => update.Contents).ToList();
        return string.Concat(contents.Skip(contents.FindLastIndex(content => content is VoidContent) + 1).OfType<TextContent>());
    }

    private static async Task<List<string>> PiecesAsync(params string[] pieces)
    {
        var updates = await Client(Says(pieces)).GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);
        return [.. updates.Select(update => update.Text).Where(text => text.Length > 0)];
    }

    private static async Task<EngineFault> FaultOfAsync(Act act)
        => (await Assert.ThrowsAsync<EngineFaultException>(() => Client(act).TextAsync(Cancel))).Fault;
}
