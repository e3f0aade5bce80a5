namespace Assistant.Web.Hubs;

/// <summary>Tells several devices the same. Each over its own line, so an encrypted one is told encrypted.</summary>
internal sealed class EveryDevice(Func<IEnumerable<IChatEvents>> devices) : IChatEvents
{
    public Task Message(ChatMessage message) => TellAsync(device => device.Message(message));

    public Task Progress(ChatProgress progress) => TellAsync(device => device.Progress(progress));

    public Task ProgressGone(Guid turnId) => TellAsync(device => device.ProgressGone(turnId));

    public Task Typing(ChatTyping typing) => TellAsync(device => device.Typing(typing));

    public Task State(ChatState state) => TellAsync(device => device.State(state));

    public Task Presence(int count) => TellAsync(device => device.Presence(count));

    public Task Read(long seq) => TellAsync(device => device.Read(seq));

    public Task Resync() => TellAsync(device => device.Resync());

    public Task Forgotten() => TellAsync(device => device.Forgotten());

    private Task TellAsync(Func<IChatEvents, Task> tell) => Task.WhenAll(devices().Select(tell));
}
