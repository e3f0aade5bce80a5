using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

/// <summary>What a client cut because a line is short.</summary>
public sealed class IrcQueueTests
{
    private static readonly IrcSettings Settings = IrcSettings.Read(new SettingValues([new("host", "localhost"), new("nick", "assistant")])).Settings!;
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("word", 72));

    private readonly FakeTimeProvider _time = new();
    private readonly IrcQueue _queue;

    public IrcQueueTests() => _queue = new IrcQueue(_time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_was_cut_is_one_and_said_to_whom_its_beginning_was_said()
    {
        await HearAsync("lin", "#room", $"assistant: {Long}");
        await HearAsync("lin", "#room", Long);
        await HearAsync("lin", "#room", "and the end.");
        await HearAsync("lin", "#room", "Another.");
        _queue.End();

        var whole = (await _queue.NextAsync(Cancel))!;

        Assert.Equal(($"{Long} {Long} and the end.", true, 3), (TextOf(whole), whole.Message!.IsAddressed, whole.Lines));
        Assert.Equal(["", "", "Another."], await RestAsync());
    }

    [Fact]
    public async Task Where_words_have_no_spaces_none_is_put_between_the_parts()
    {
        var words = string.Concat(Enumerable.Repeat("请翻译", 40));
        await HearAsync("lin", "assistant", words);
        await HearAsync("lin", "assistant", words[..6]);

        Assert.Equal(words + words[..6], TextOf((await _queue.NextAsync(Cancel))!));
    }

    [Fact]
    public async Task What_others_say_meanwhile_is_no_part_and_keeps_its_order()
    {
        await HearAsync("lin", "#room", $"assistant: {Long}");
        await HearAsync("bo", "#room", "one");
        await HearAsync("lin", "assistant", "two");
        await HearAsync("lin", "#room", "the end.");
        await HearAsync("bo", "#room", "three");
        _queue.End();

        Assert.Equal([$"{Long} the end.", "one", "two", "", "three"], await RestAsync());
    }

    [Fact]
    public async Task A_long_line_waits_no_longer_than_a_second()
    {
        await HearAsync("lin", "assistant", Long);
        var next = _queue.NextAsync(Cancel);
        Assert.False(next.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1.1));
        await HearAsync("lin", "assistant", "something else");
        _queue.End();

        Assert.Equal(Long, TextOf((await next)!));
        Assert.Equal(["something else"], await RestAsync());
    }

    [Fact]
    public async Task What_waited_while_nothing_could_be_stored_is_put_together_by_when_it_was_heard()
    {
        await HearAsync("lin", "assistant", Long);
        await HearAsync("lin", "assistant", "the end.");
        _time.Advance(TimeSpan.FromSeconds(2));
        await HearAsync("lin", "assistant", Long);
        _time.Advance(TimeSpan.FromSeconds(2));
        await HearAsync("lin", "assistant", "something else");
        _queue.End();

        Assert.Equal([$"{Long} the end.", "", Long, "something else"], await RestAsync());
    }

    [Fact]
    public async Task After_a_long_line_to_others_the_assistant_can_be_spoken_to()
    {
        await HearAsync("lin", "#room", Long);
        await HearAsync("lin", "#room", "assistant: status?");
        _queue.End();

        Assert.Equal([Long, "status?"], await RestAsync());
    }

    [Fact]
    public async Task The_end_waits_for_no_part_and_the_place_is_behind_the_last()
    {
        var gateway = new RecordingGateway();
        var host = new FakeChannelHost(gateway);
        var inbox = new IrcInbox(new ConnectionId("net"), _time, NullLogger.Instance);
        _ = inbox.Begin(host, new IrcHealth(Settings, host), Cancel);
        await inbox.AddAsync(Read("lin", "assistant", Long, "2026-01-02T03:04:05.000Z"), movesPlace: true, isFull: true);
        await inbox.AddAsync(Read("lin", "assistant", Long, "2026-01-02T03:04:06.000Z"), movesPlace: true, isFull: true);

        await inbox.DisposeAsync();

        Assert.Equal($"{Long} {Long}", ((InboundContent.Said)Assert.Single(gateway.Stored).Content).Text);
        Assert.Equal("2026-01-02T03:04:06.000Z", host.Cursor);
    }

    private async Task HearAsync(string nick, string target, string text)
        => await _queue.AddAsync(Read(nick, target, text), movesPlace: true, IrcReader.IsFull(LineOf(nick, target, text)), Cancel);

    private static InboundMessage Read(string nick, string target, string text, string time = "2026-01-02T03:04:05.000Z")
        => IrcReader.Read(LineOf(nick, target, text, time), new ConnectionId("net"), "assistant", Settings, DateTimeOffset.UnixEpoch)!;

    private static IrcMessage LineOf(string nick, string target, string text, string time = "2026-01-02T03:04:05.000Z")
        => IrcMessage.Read($"@time={time} :{nick}!u@h.test PRIVMSG {target} :{text}")!;

    /// <summary>The texts of what is left, empty where only the place moves.</summary>
    private async Task<List<string>> RestAsync()
    {
        var rest = new List<string>();
        while (await _queue.NextAsync(Cancel) is { } heard)
        {
            rest.Add(TextOf(heard));
        }

        return rest;
    }

    private static string TextOf(IrcHeard heard) => (heard.Message?.Content as InboundContent.Said)?.Text ?? "";
}
