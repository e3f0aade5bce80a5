using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>Invitations of the tenant: making one, its link while it is shown, and taking one back.</summary>
/// <param name="site">The console's own address, which the link begins with.</param>
internal sealed class InvitationsModel(InvitationDesk desk, Caller caller, Uri site)
{
    public IReadOnlyList<Invitation> Open { get; private set; } = [];

    public ProvenAct Act { get; } = new();

    public string Note { get; set; } = "";

    public string Role { get; set; } = Roles.Viewer;

    public int Hours { get; set; } = (int)Invitation.DefaultLifetime.TotalHours;

    /// <summary>Of the invitation made last; gone with the page.</summary>
    public string? Link { get; private set; }

    public string? Done { get; private set; }

    public string? Problem { get; private set; }

    public async Task LoadAsync() => Open = await desk.ListAsync(caller, CancellationToken.None);

    public Task InviteAsync()
    {
        var (role, note, lifetime) = (Role, Note, Invitation.Lifetime(Hours));
        (Link, Done, Problem) = (null, null, null);
        return Act.RunAsync(caller, async by =>
        {
            switch (await desk.CreateAsync(by, role, note, lifetime, CancellationToken.None))
            {
                case InviteOutcome.Made made:
                    (Link, Note) = (new Uri(site, InvitationEndpoints.PathOf(made.Token)).ToString(), "");
                    await LoadAsync();
                    break;
                case InviteOutcome.Refused { Key: "role" }:
                    Problem = MembersTexts.RoleTooMuch;
                    break;
                case InviteOutcome.Refused { Key: "note" }:
                    Problem = MembersTexts.InviteNoteWrong;
                    break;
                case InviteOutcome.Refused:
                    Problem = MembersTexts.InviteHoursWrong;
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }

    public Task RepeatAsync() => Act.RepeatAsync(caller);

    public async Task RevokeAsync(Invitation invitation)
    {
        await desk.RevokeAsync(caller, invitation.Id, CancellationToken.None);
        (Link, Done, Problem) = (null, MembersTexts.InviteRevoked, null);
        await LoadAsync();
    }
}
