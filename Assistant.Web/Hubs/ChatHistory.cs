using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Hubs;

/// <summary>Reads a conversation for a device: what it missed, and what came before.</summary>
/// <remarks>
/// A device that returns gets everything after its last message, and the newest page again: a message can become
/// visible (sent late, edited, taken back) below a sequence number the device has seen already. Repeats replace what the device shows.
/// A device that missed more than <see cref="MaxMissed"/> starts afresh from the newest page.
/// A page of nothing the visitor may see (notes of colleagues) is no page: reading goes on before it, for <see cref="MaxHidden"/> messages,
/// and the device is told where to go on from.
/// </remarks>
internal sealed class ChatHistory(IConversationQueries conversations, ChatViews views)
{
    public const int PageSize = 50;
    public const int MaxMissed = 500;
    public const int MaxHidden = 1000;

    public async Task<CaughtUp> SinceAsync(TenantId tenant, ConversationId? id, long lastSeq, CancellationToken cancellationToken)
    {
        if (id is not { } conversation)
        {
            return CaughtUp.Nothing;
        }

        var newest = await conversations.ReadThreadAsync(tenant, conversation, before: null, PageSize, cancellationToken);
        if (newest.Count == 0)
        {
            return CaughtUp.Nothing;
        }

        // Sequence numbers have no gaps, so the number missed is known without reading it.
        var first = newest[0].Seq;
        if (lastSeq <= 0 || first - lastSeq > MaxMissed)
        {
            return await BackFromAsync(tenant, conversation, newest, cancellationToken) with { Replaces = lastSeq > 0 };
        }

        var between = first - lastSeq <= 1
            ? []
            : await conversations.ReadSinceAsync(tenant, conversation, lastSeq, (int)(first - lastSeq - 1), cancellationToken);
        return new(Visible([.. between, .. newest]), Replaces: false, HasEarlier: false);
    }

    public async Task<CaughtUp> BeforeAsync(TenantId tenant, ConversationId? id, long before, CancellationToken cancellationToken)
    {
        if (id is not { } conversation || before <= 1)
        {
            return CaughtUp.Nothing;
        }

        var page = await conversations.ReadThreadAsync(tenant, conversation, before, PageSize, cancellationToken);
        return await BackFromAsync(tenant, conversation, page, cancellationToken);
    }

    /// <summary>One message as stored, or <see langword="null"/>.</summary>
    public async Task<Message?> FindAsync(TenantId tenant, ConversationId? id, long seq, CancellationToken cancellationToken) =>
        id is { } conversation && seq > 0 && (await conversations.ReadSinceAsync(tenant, conversation, seq - 1, 1, cancellationToken)) is [var message]
        && message.Seq == seq && views.Of(message) is not null
            ? message
            : null;

    /// <summary>What is visible of a page, or of the first page before it of which something is.</summary>
    private async Task<CaughtUp> BackFromAsync(TenantId tenant, ConversationId conversation, IReadOnlyList<Message> page, CancellationToken cancellationToken)
    {
        for (var read = page.Count; page.Count > 0; read += page.Count)
        {
            var first = page[0].Seq;
            if (Visible(page) is var visible && (visible.Count > 0 || first == 1 || read >= MaxHidden))
            {
                return new(visible, Replaces: false, HasEarlier: first > 1, From: first);
            }

            page = await conversations.ReadThreadAsync(tenant, conversation, first, PageSize, cancellationToken);
        }

        return CaughtUp.Nothing;
    }

    private List<ChatMessage> Visible(IEnumerable<Message> messages) => [.. messages.Select(views.Of).OfType<ChatMessage>()];
}
