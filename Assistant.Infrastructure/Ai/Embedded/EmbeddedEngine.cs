using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Embedded;

/// <summary>The engine that needs nothing: no model, no key, no network.</summary>
internal sealed class EmbeddedEngine : IEngineType
{
    public const string Type = "embedded";

    public EngineManifest Manifest { get; } = new(
        Type, "Embedded",
        new("Needs nothing. Remembers, finds again, calls a person; does not converse freely.", "无需任何配置。能记住、找回、请真人，不能自由对话。"),
        SetupUrl: null,
        []);

    public IChatClient Create(SettingValues settings) => new EmbeddedChatClient();
}

/// <summary>Answers from the structured context in <see cref="ReplyOptions"/> instead of the prompt made of it.</summary>
internal sealed class EmbeddedChatClient : IChatClient
{
    private static readonly ChatClientMetadata Metadata = new(EmbeddedEngine.Type, defaultModelId: EmbeddedEngine.Type);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer(options))) { FinishReason = ChatFinishReason.Stop, ModelId = EmbeddedEngine.Type });

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.CompletedTask;
        yield return new ChatResponseUpdate(ChatRole.Assistant, Answer(options)) { FinishReason = ChatFinishReason.Stop, ModelId = EmbeddedEngine.Type };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? Metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() { }

    private static string Answer(ChatOptions? options)
    {
        if (options is not ReplyOptions reply)
        {
            return EmbeddedResponder.Introduce(CultureInfo.CurrentUICulture);
        }

        var answer = EmbeddedResponder.Answer(reply.Context);
        return answer.IsSubstantial || !reply.IsStandIn ? answer.Markdown : throw new EngineFaultException(FaultWords.NothingToSay);
    }
}
