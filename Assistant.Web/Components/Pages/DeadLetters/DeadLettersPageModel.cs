using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.DeadLetters;

/// <summary>Messages the product gave up on, and sending them again.</summary>
public sealed class DeadLettersPageModel(DeadLetterDesk desk, Caller me)
{
    public const int PageSize = 50;

    private string? _next;

    public bool IsLoaded { get; private set; }

    public IReadOnlyList<DeadLetter> Letters { get; private set; } = [];

    public int Total { get; private set; }

    public bool HasMore => _next is not null;

    public bool MayResend => me.Permissions.Contains(Permissions.ConversationsReply);

    /// <summary>How many were put back by the last act; <see langword="null"/> before one.</summary>
    public int? PutBack { get; private set; }

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(Letters.Count, PageSize, 4 * PageSize);
        var page = await desk.ListAsync(me, null, limit, cancellationToken);
        Total = await desk.CountAsync(me, cancellationToken);
        Letters = page.Items;
        _next = page.Next;
        IsLoaded = true;
    }

    public async Task LoadMoreAsync(CancellationToken cancellationToken)
    {
        if (_next is not { } from)
        {
            return;
        }

        var page = await desk.ListAsync(me, from, PageSize, cancellationToken);
        if (from != _next)
        {
            return; // Asked for twice, or the list was read again meanwhile.
        }

        Letters = [.. Letters, .. page.Items];
        _next = page.Next;
    }

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Lost == 0 && !batch.Events.Any(liveEvent => liveEvent is LiveEvent.DeadLettersChanged))
        {
            return false;
        }

        await LoadAsync(cancellationToken);
        return true;
    }

    public Task ResendAsync(DeadLetter letter, CancellationToken cancellationToken) => ResendAsync([letter], cancellationToken);

    /// <summary>Puts back everything shown, oldest first, so that a person receives the messages in their order.</summary>
    public Task ResendAllAsync(CancellationToken cancellationToken) => ResendAsync([.. Letters.OrderBy(letter => letter.CreatedAt)], cancellationToken);

    private async Task ResendAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var putBack = 0;
        foreach (var letter in letters)
        {
            putBack += await desk.ResendAsync(me, letter.Id, cancellationToken) ? 1 : 0;
        }

        PutBack = putBack;
        await LoadAsync(cancellationToken);
    }
}
