using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.People;

/// <summary>People and who asks to become one: requests first, then everybody, then one person beside.</summary>
public sealed class PeoplePageModel(PairingDesk desk, Caller me, TimeProvider clock)
{
    public const int PageSize = 50;

    private string? _next;
    private PersonId? _wanted;

    /// <summary>Something on screen changed because of an act of the user.</summary>
    public event Action? Changed;

    public string? Text { get; private set; }

    public bool IsLoaded { get; private set; }

    public IReadOnlyList<PairingRequest> Requests { get; private set; } = [];

    public IReadOnlyList<PersonRow> People { get; private set; } = [];

    public PersonRow? Selected { get; private set; }

    /// <summary>Whether the address names a person who is not there.</summary>
    public bool IsMissing { get; private set; }

    public bool HasMore => _next is not null;

    public bool MayManage => me.Permissions.Contains(Permissions.PeopleManage);

    /// <summary>The request was decided by somebody else, or ran out, before the user decided.</summary>
    public bool WasTooLate { get; private set; }

    public async Task ShowAsync(string? text, PersonId? selected, CancellationToken cancellationToken)
    {
        if (!IsLoaded || text != Text)
        {
            Text = text;
            var page = await desk.ListPeopleAsync(me, text, null, PageSize, cancellationToken);
            if (text != Text)
            {
                return; // A newer search was typed meanwhile.
            }

            People = page.Items;
            _next = page.Next;
            await ReadRequestsAsync(cancellationToken);
            IsLoaded = true;
        }

        await SelectAsync(selected, cancellationToken);
    }

    public async Task LoadMoreAsync(CancellationToken cancellationToken)
    {
        if (_next is not { } from)
        {
            return;
        }

        var text = Text;
        var page = await desk.ListPeopleAsync(me, text, from, PageSize, cancellationToken);
        if (from != _next || text != Text)
        {
            return; // Asked for twice, or another search was typed meanwhile.
        }

        People = [.. People, .. page.Items];
        _next = page.Next;
    }

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Lost == 0 && !batch.Events.Any(liveEvent => liveEvent is LiveEvent.PairingChanged))
        {
            return false;
        }

        await RefreshAsync(cancellationToken);
        return true;
    }

    public async Task DecideAsync(PairingRequest request, PairingDecision decision, CancellationToken cancellationToken)
    {
        WasTooLate = !await desk.DecideAsync(me, request.Id, decision, cancellationToken);
        await RefreshAsync(cancellationToken);
        Changed?.Invoke();
    }

    public async Task SetStandingAsync(PersonId person, ConnectionId connection, Standing standing, CancellationToken cancellationToken)
    {
        await desk.SetStandingAsync(me, person, connection, standing, cancellationToken);
        await RefreshAsync(cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>What an operator may make of a standing.</summary>
    public static IReadOnlyList<Standing> Choices(Standing now) => now switch
    {
        Standing.Approved => [Standing.Blocked],
        Standing.Blocked => [Standing.Unknown, Standing.Approved],
        _ => [Standing.Approved, Standing.Blocked],
    };

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await ReadRequestsAsync(cancellationToken);
        var text = Text;
        var shown = Math.Clamp(People.Count, PageSize, 4 * PageSize);
        var page = await desk.ListPeopleAsync(me, text, null, shown, cancellationToken);
        if (text == Text)
        {
            (People, _next) = (page.Items, page.Next); // Else another search was typed meanwhile, and its own reading shows it.
        }

        await SelectAsync(_wanted, cancellationToken);
    }

    private async Task ReadRequestsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Requests = [.. (await desk.ListAsync(me, cancellationToken)).Where(request => request.ExpiresAt > now)];
    }

    private async Task SelectAsync(PersonId? selected, CancellationToken cancellationToken)
    {
        _wanted = selected;
        var found = selected is { } person ? await desk.FindPersonAsync(me, person, cancellationToken) : null;
        if (_wanted == selected)
        {
            Selected = found;
            IsMissing = selected is not null && found is null;
        }
    }
}
