using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Conversations;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>What became of something that was sent.</summary>
public enum SendResult
{
    /// <summary>It is not stored, and must stay in the composer.</summary>
    Refused,
    Stored,

    /// <summary>An earlier call stored it; this one added nothing.</summary>
    StoredBefore,
}

/// <summary>Stores once what a browser sends again because the answer fell with the line, whichever page or program it asks the second time.</summary>
public sealed class SentOnce(IIdempotencyStore store, Caller me, TimeProvider clock)
{
    private static readonly StoredAnswer Stored = new(StatusCodes.Status204NoContent, null, []);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for an earlier call that is still at it.</summary>
    /// <param name="name">Chosen by the browser. Other words under the same name are another message.</param>
    /// <param name="send">Stores it; tells whether it did.</param>
    public async Task<SendResult> SendAsync(
        ConversationId conversation, string name, string text, Func<Task<bool>> send, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{text}")));
        var request = new IdempotentRequest(me.Tenant, $"{me.Actor.Kind}/{me.Actor.Id}", $"console/{conversation}", key, key);
        while (true)
        {
            switch (await store.BeginAsync(request, cancellationToken))
            {
                case IdempotencyClaim.Fresh:
                    return await WorkAsync(request, send) ? SendResult.Stored : SendResult.Refused;
                case IdempotencyClaim.Answered:
                    return SendResult.StoredBefore;
                default:
                    await Task.Delay(Pause, clock, cancellationToken);
                    break;
            }
        }
    }

    // Whether the page is still there does not matter any more to what becomes of the claim.
    private async Task<bool> WorkAsync(IdempotentRequest request, Func<Task<bool>> send)
    {
        var isStored = false;
        try
        {
            return isStored = await send();
        }
        finally
        {
            await (isStored ? store.CompleteAsync(request, Stored, CancellationToken.None) : store.AbandonAsync(request, CancellationToken.None));
        }
    }
}
