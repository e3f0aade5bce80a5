using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;

namespace Assistant.Web.Components.Pages.People;

/// <summary>The account of a person: which one it is, taking it from them, and inviting them to have one.</summary>
/// <param name="site">The console's own address, which the link begins with.</param>
internal sealed class PersonAccountModel(PersonAccountDesk desk, InvitationDesk invitations, Caller caller, PersonId person, Uri site)
{
    public PersonAccount? Account { get; private set; }

    public ProvenAct Act { get; } = new();

    /// <summary>Empty for none, as most people who only write need.</summary>
    public string Role { get; set; } = "";

    /// <summary>Of the invitation made last; gone with the page.</summary>
    public string? Link { get; private set; }

    public string? Problem { get; private set; }

    public bool MayUnlink => caller.Permissions.Contains(Permissions.PeopleManage);

    public bool MayInvite => MayUnlink && caller.Permissions.Contains(Permissions.UsersManage);

    public async Task LoadAsync() => Account = await desk.FindAsync(caller, person, CancellationToken.None);

    public async Task UnlinkAsync()
    {
        await desk.UnlinkAsync(caller, person, CancellationToken.None);
        await LoadAsync();
    }

    public Task InviteAsync()
    {
        var role = Role;
        (Link, Problem) = (null, null);
        return Act.RunAsync(caller, async by =>
        {
            switch (await invitations.CreateForAsync(by, person, role, Invitation.DefaultLifetime, CancellationToken.None))
            {
                case InviteOutcome.Made made:
                    Link = new Uri(site, InvitationEndpoints.PathOf(made.Token)).ToString();
                    break;
                case InviteOutcome.Refused { Key: "role" }:
                    Problem = MembersTexts.RoleTooMuch;
                    break;
                case InviteOutcome.Refused:
                    Problem = MembersTexts.PersonTaken;
                    await LoadAsync();
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }

    public Task RepeatAsync() => Act.RepeatAsync(caller);
}
