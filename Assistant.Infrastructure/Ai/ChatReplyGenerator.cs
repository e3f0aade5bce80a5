using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Ai;

/// <summary>Answers through the tenant's engines. The effects of a reply come from what the person said, the words from an engine.</summary>
internal sealed class ChatReplyGenerator(EngineDirectory directory, IOptions<EngineOptions> options, TimeProvider time) : IReplyGenerator
{
    private readonly EngineOptions _options = options.Value;

    /// <inheritdoc />
    public async IAsyncEnumerable<ReplyChunk> GenerateAsync(ReplyContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var activity = Telemetry.Activities.StartActivity("reply");
        var start = time.GetTimestamp();
        var request = UtteranceReader.Read(context).Request;
        var prompt = ReplyPrompt.Build(context, request, _options);
        var engines = await directory.GetAsync(context.Tenant, cancellationToken);

        if (EffectOf(request) is { } effect)
        {
            yield return effect;
        }

        TurnUsage? usage = null;
        var hasText = false;
        await foreach (var update in engines.GetStreamingResponseAsync(prompt, new ReplyOptions(context), cancellationToken))
        {
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextContent { Text: { Length: > 0 } text }:
                        hasText = true;
                        yield return new ReplyChunk.Text(text);
                        break;
                    case EngineBegunContent or VoidContent when hasText:
                        hasText = false;
                        yield return new ReplyChunk.Restarted();
                        break;
                    case TurnUsageContent took:
                        usage = took.Usage;
                        break;
                }
            }
        }

        yield return new ReplyChunk.Completed(usage! with { Elapsed = time.GetElapsedTime(start) });
    }

    private static ReplyChunk? EffectOf(SpokenRequest request) => request switch
    {
        { ToBeRemembered: { } statement } => new ReplyChunk.Remember(statement),
        SpokenRequest.AskForPerson => new ReplyChunk.AskForPerson(),
        _ => null,
    };
}
