using System.Runtime.CompilerServices;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>A chat client that follows a script: each call plays the next act, the last act is played again and again.</summary>
internal sealed class ScriptedChatClient(params ScriptedChatClient.Act[] acts) : IChatClient
{
    public delegate IAsyncEnumerable<ChatResponseUpdate> Act(CancellationToken cancellationToken);

    private int _calls;

    public int Calls => _calls;

    public bool IsDisposed { get; private set; }

    public List<ChatOptions?> Options { get; } = [];

    public static Act Says(params string[] pieces) => Play(pieces, null, null);

    public static Act Fails(EngineFaultKind kind, TimeSpan? retryAfter = null) => Play([], new EngineFaultException(new(kind, new Phrase.Verbatim("broken"), retryAfter)), null);

    /// <summary>Waits until <paramref name="gate"/>, then fails before anything was said.</summary>
    public static Act FailsAfter(Task gate) => Play([], new EngineFaultException(new(EngineFaultKind.ServerFault, new Phrase.Verbatim("broken"))), gate);

    public static Act Throws(Exception exception) => Play([], exception, null);

    public static Act BreaksOffAfter(params string[] pieces) => Play(pieces, new EngineFaultException(FaultWords.BrokenOff), null);

    public static Act ThrowsAfter(Exception exception, params string[] pieces) => Play(pieces, exception, null);

    /// <summary>Says the pieces, then has reached its longest answer.</summary>
    public static Act RunsOutAfter(params string[] pieces)
        => Updates([.. pieces.Select(piece => new ChatResponseUpdate(ChatRole.Assistant, piece)), new ChatResponseUpdate { FinishReason = ChatFinishReason.Length }]);

    /// <summary>Says the pieces, then waits until <paramref name="gate"/> or cancellation.</summary>
    public static Act HangsAfter(Task gate, params string[] pieces) => Play(pieces, null, gate);

    public static Act Updates(params ChatResponseUpdate[] updates) => _ => updates.ToAsyncEnumerable();

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Options.Add(options);
        var call = Interlocked.Increment(ref _calls);
        return acts[Math.Min(call, acts.Length) - 1](cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => IsDisposed = true;

    private static Act Play(string[] pieces, Exception? fault, Task? gate) => cancellationToken => PlayAsync(pieces, fault, gate, cancellationToken);

    private static async IAsyncEnumerable<ChatResponseUpdate> PlayAsync(
        string[] pieces, Exception? fault, Task? gate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece) { ModelId = "scripted-1" };
        }

        if (gate is not null)
        {
            await gate.WaitAsync(cancellationToken);
        }

        if (fault is not null)
        {
            throw fault;
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 100, OutputTokenCount = 20 })])
        {
            FinishReason = ChatFinishReason.Stop,
        };
    }
}

/// <summary>Reads streams in tests.</summary>
internal static class Reading
{
    public static async Task<string> TextAsync(this IChatClient client, CancellationToken cancellationToken, ChatOptions? options = null)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var update in client.GetStreamingResponseAsync([new(ChatRole.User, "hi")], options, cancellationToken))
        {
            text.Append(update.Text);
        }

        return text.ToString();
    }
}
