using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Shows that the assistant is writing. Best effort.</summary>
internal sealed class MatrixTyping(MatrixClient client)
{
    private const int ShownForMilliseconds = 10_000;

    public async Task ShowAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (client.Me is { Length: > 0 } me && MatrixIds.IsRoom(chat.ExternalId))
        {
            await client.PutAsync(
                $"v3/rooms/{MatrixClient.Part(chat.ExternalId)}/typing/{MatrixClient.Part(me)}",
                new JsonObject { ["typing"] = true, ["timeout"] = ShownForMilliseconds }, cancellationToken);
        }
    }
}
