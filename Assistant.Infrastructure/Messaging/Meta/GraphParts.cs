using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Meta;

/// <summary>Sends messages that may have several parts. Where a later part fails, the next attempt goes on behind those shown. Safe for concurrent use.</summary>
/// <param name="send">Sends one part.</param>
/// <param name="idOf">The messenger's id in the answer to a part; <see langword="null"/> when it cannot be read.</param>
internal sealed class GraphParts(
    string messenger, MetaFaults faults, Func<JsonObject, CancellationToken, Task<CallOutcome>> send, Func<byte[], string?> idOf)
{
    private readonly ShownParts _shown = new();

    /// <summary>Sends the parts in their order; the message is known by the id of the last.</summary>
    public async Task<SendOutcome> SendAsync(Guid message, IReadOnlyList<JsonObject> parts, CancellationToken cancellationToken)
    {
        var sent = "";
        for (var part = _shown.Of(message); part < parts.Count; part++)
        {
            var answer = await send(parts[part], cancellationToken);
            if (faults.OutcomeOf(answer) is { } failure)
            {
                return failure;
            }

            if (idOf(((CallOutcome.Answered)answer).Body) is not { } id)
            {
                return new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", messenger)));
            }

            sent = id;
            if (part + 1 < parts.Count)
            {
                _shown.Remember(message, part + 1);
            }
        }

        _shown.Forget(message);
        return new SendOutcome.Delivered(sent);
    }
}
