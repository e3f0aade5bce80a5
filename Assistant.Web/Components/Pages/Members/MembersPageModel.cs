using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>The members of the tenant: who is in, as what, letting somebody in and putting somebody out.</summary>
internal sealed class MembersPageModel(MembershipDesk desk, RoleDesk roles, SessionDesk sessions, Caller caller)
{
    public IReadOnlyList<Membership>? Members { get; private set; }

    /// <summary>Every role of the tenant, built-in ones first.</summary>
    public IReadOnlyList<string> RoleNames { get; private set; } = [];

    public bool MayManage => caller.Permissions.Contains(Permissions.UsersManage);

    public ProvenAct Act { get; } = new();

    public string Email { get; set; } = "";

    public string Role { get; set; } = Roles.Viewer;

    /// <summary>What was done last, or why it was not.</summary>
    public string? Done { get; private set; }

    public string? Problem { get; private set; }

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        Members = await desk.ListAsync(caller, cancellationToken);
        RoleNames = [.. Roles.All, .. (await roles.ListAsync(caller, cancellationToken)).Select(role => role.Name)];
    }

    /// <summary>Whether somebody else's line can be changed: nobody puts themselves out by a slip.</summary>
    public bool CanChange(Membership member) => MayManage && member.User.Value.ToString() != caller.Actor.Id;

    public Task GrantAsync(CancellationToken cancellationToken)
    {
        var (email, role) = (Email.Trim(), Role);
        return EmailAddress.IsValid(email)
            ? RunAsync(by => desk.GrantAsync(by, email, role, cancellationToken), cancellationToken)
            : RefuseAsync(MembersTexts.NoAddress);
    }

    public Task SetRoleAsync(Membership member, string role, CancellationToken cancellationToken)
        => RunAsync(by => desk.SetRoleAsync(by, member.User, role, cancellationToken), cancellationToken);

    public Task RemoveAsync(Membership member, CancellationToken cancellationToken)
        => RunAsync(by => desk.RemoveAsync(by, member.User, cancellationToken), cancellationToken);

    /// <summary>Signs a member out everywhere.</summary>
    public async Task SignOutAsync(Membership member, CancellationToken cancellationToken)
        => (Done, Problem) = await sessions.EndOfMemberAsync(caller, member.User, cancellationToken) switch
        {
            EndSessionsOutcome.Ended ended => (MembersTexts.SignedOut(ended.Count), null),
            EndSessionsOutcome.AtHomeElsewhere => (null, MembersTexts.AtHomeElsewhere),
            EndSessionsOutcome.MayDoMore => (null, MembersTexts.MemberTooMuch),
            EndSessionsOutcome.NotFound => ((string?)null, MembersTexts.NoAccount),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    public Task RepeatAsync() => Act.RepeatAsync(caller);

    private Task RefuseAsync(string problem)
    {
        (Done, Problem) = (null, problem);
        return Task.CompletedTask;
    }

    private Task RunAsync(Func<Caller, Task<MembershipOutcome>> act, CancellationToken cancellationToken)
    {
        (Done, Problem) = (null, null);
        return Act.RunAsync(caller, async by =>
        {
            switch (await act(by))
            {
                case MembershipOutcome.Changed:
                    (Done, Email) = (MembersTexts.MemberSaved, "");
                    await LoadAsync(cancellationToken);
                    break;
                case MembershipOutcome.LastOwner:
                    Problem = MembersTexts.LastOwner;
                    break;
                case MembershipOutcome.NotFound:
                    Problem = MembersTexts.NoAccount;
                    break;
                case MembershipOutcome.Refused { Key: "role" }:
                    Problem = MembersTexts.RoleTooMuch;
                    break;
                case MembershipOutcome.Refused:
                    Problem = MembersTexts.MemberTooMuch;
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }
}
