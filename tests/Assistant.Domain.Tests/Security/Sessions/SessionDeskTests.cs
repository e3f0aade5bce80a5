using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Testing.Fakes;
using Xunit;
using static Assistant.Domain.Tests.Security.Sessions.SessionRig;

namespace Assistant.Domain.Tests.Security.Sessions;

/// <summary>Who may see and end whose sessions.</summary>
public sealed class SessionDeskTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public async Task People_see_their_own_sessions_and_end_one_or_the_others_or_all()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (here, there, elsewhere) = (await _rig.SignInAsync(user), await _rig.SignInAsync(user), await _rig.SignInAsync(user));
        var bob = await _rig.SignInAsync(await _rig.AddAsync("bob@example.org"));
        Assert.Equal(3, (await _rig.Desk.ListAsync(here, Cancel)).Count);

        Assert.True(await _rig.Desk.EndAsync(here, there.Session!.Value, Cancel));
        Assert.False(await _rig.Desk.EndAsync(here, there.Session!.Value, Cancel));
        Assert.False(await _rig.Desk.EndAsync(here, bob.Session!.Value, Cancel));
        Assert.Equal((true, false, true, true), (_rig.IsOpen(here), _rig.IsOpen(there), _rig.IsOpen(elsewhere), _rig.IsOpen(bob)));

        Assert.Equal(1, await _rig.Desk.EndOthersAsync(here, Cancel));
        Assert.Equal((true, false), (_rig.IsOpen(here), _rig.IsOpen(elsewhere)));
        Assert.Equal(1, await _rig.Desk.EndAllAsync(here, Cancel));
        Assert.Equal((false, true), (_rig.IsOpen(here), _rig.IsOpen(bob)));
        Assert.Equal(3, (await _rig.EndedAsync()).Count);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_at_hand_and_is_written_where_the_person_was()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (here, there) = (await _rig.SignInAsync(user, Annex), await _rig.SignInAsync(user));

        await _rig.Desk.SignOutAsync(here, Cancel);

        Assert.Equal((false, true), (_rig.IsOpen(here), _rig.IsOpen(there)));
        Assert.Equal(SessionEnd.SignedOut, (await _rig.Store.FindAsync(here.Session!.Value, Cancel))?.End);
    }

    [Fact]
    public async Task What_somebody_does_with_their_own_sessions_elsewhere_is_written_at_home()
    {
        var user = await _rig.AddAsync("ada@example.org");
        var (here, there) = (await _rig.SignInAsync(user, Annex), await _rig.SignInAsync(user));

        await _rig.Desk.EndAsync(here, there.Session!.Value, Cancel);

        Assert.Single(await _rig.EndedAsync(Own));
        Assert.Empty(await _rig.EndedAsync(Annex));
    }

    [Fact]
    public async Task An_administrator_signs_a_member_out_who_may_do_no_more_and_is_at_home_there()
    {
        var (ann, owner, guest) = (
            await _rig.AddAsync("ann@example.org", Roles.Operator), await _rig.AddAsync("ola@example.org"), await _rig.AddAsync("gil@example.org", tenant: Annex));
        await _rig.Memberships.SetAsync(Own, guest.Id, Roles.Viewer, UserDesk.LocalCaller(Own).Audit(default, "x", "y"), Cancel);
        var (first, second, above, away) = (
            await _rig.SignInAsync(ann), await _rig.SignInAsync(ann), await _rig.SignInAsync(owner), await _rig.SignInAsync(guest));
        var admin = Callers.Admin;

        Assert.Equal(2, (await _rig.Desk.ListOfMemberAsync(admin, ann.Id, Cancel))?.Count);
        Assert.Equal(new EndSessionsOutcome.Ended(1), await _rig.Desk.EndOfMemberAsync(admin, ann.Id, first.Session!.Value, Cancel));
        Assert.Equal(new EndSessionsOutcome.Ended(0), await _rig.Desk.EndOfMemberAsync(admin, ann.Id, above.Session!.Value, Cancel));
        Assert.Equal(new EndSessionsOutcome.Ended(1), await _rig.Desk.EndOfMemberAsync(admin, ann.Id, Cancel));
        Assert.Equal(new EndSessionsOutcome.MayDoMore(owner.Email), await _rig.Desk.EndOfMemberAsync(admin, owner.Id, Cancel));
        Assert.Equal(new EndSessionsOutcome.AtHomeElsewhere(), await _rig.Desk.EndOfMemberAsync(admin, guest.Id, Cancel));
        Assert.Equal(new EndSessionsOutcome.NotFound(), await _rig.Desk.EndOfMemberAsync(admin, new UserId(Guid.CreateVersion7()), Cancel));
        Assert.Null(await _rig.Desk.ListOfMemberAsync(admin, guest.Id, Cancel));

        Assert.Equal((false, false, true, true), (_rig.IsOpen(first), _rig.IsOpen(second), _rig.IsOpen(above), _rig.IsOpen(away)));
    }

    [Theory]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Auditor)]
    [InlineData(Roles.Viewer)]
    public async Task Nobody_else_sees_or_ends_anothers_sessions(string role)
    {
        var ann = await _rig.AddAsync("ann@example.org", Roles.Viewer);
        var session = await _rig.SignInAsync(ann);

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _rig.Desk.ListOfMemberAsync(Callers.Of(role), ann.Id, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _rig.Desk.EndOfMemberAsync(Callers.Of(role), ann.Id, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _rig.Desk.EndOfMemberAsync(Callers.Of(role), ann.Id, session.Session!.Value, Cancel));
        Assert.True(_rig.IsOpen(session));
    }

    [Fact]
    public async Task A_key_has_no_sessions()
    {
        var key = new Caller(new Actor("apikey", Guid.CreateVersion7().ToString(), "script"), Own, Roles.PermissionsOf(Roles.Owner), "192.0.2.7");

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _rig.Desk.ListAsync(key, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _rig.Desk.EndOthersAsync(key, Cancel));
    }
}
