using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Web.Security;

namespace Assistant.Web.Verbs;

/// <summary><c>users</c>: who may sign in to the console.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(
    AuditActions.UserCreated, AuditActions.UserChanged, AuditActions.MembershipGranted, AuditActions.MembershipRemoved, AuditActions.SessionEnded,
    AuditActions.InvitationMade, WantsProof = true)]
internal sealed class UsersVerb(UserDesk desk, MembershipDesk members, SessionDesk sessions, InvitationDesk invitations, ITenantDirectory tenants) : IVerb
{
    public string Name => "users";

    public string Usage => """
        users create --email E --role R [--tenant T] --password-stdin [--json]
        users list [--tenant T] [--json]
        users grant --email E --role R [--tenant T]
        users remove --email E [--tenant T]
        users reset-mfa --email E [--tenant T]
        users reset-password --email E [--tenant T] --password-stdin
        users invite --role R [--note N] [--hours H] [--tenant T] [--json]
        users sign-out --email E [--tenant T] [--json]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["create", ..] => CreateAsync(context, cancellationToken),
            ["list", ..] => ListAsync(context, cancellationToken),
            ["grant", ..] => GrantAsync(context, cancellationToken),
            ["remove", ..] => RemoveAsync(context, cancellationToken),
            ["reset-mfa", ..] => ResetMfaAsync(context, cancellationToken),
            ["reset-password", ..] => ResetPasswordAsync(context, cancellationToken),
            ["invite", ..] => InviteAsync(context, cancellationToken),
            ["sign-out", ..] => SignOutAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with users."),
        });

    private async Task<int> CreateAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--role", "--tenant"], ["--password-stdin"]);
        var (email, role) = (options.Require("--email"), options.Require("--role"));
        RequirePasswordFromInput(options);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var password = await context.Input.ReadLineAsync(cancellationToken) ?? "";
        switch (await desk.CreateAsync(caller, email, role, password, totp: null, cancellationToken))
        {
            case CreateUserOutcome.Created { User: var user }:
                await context.Out.WriteLineAsync(context.Json
                    ? VerbOptions.ToJson(Shown(user))
                    : $"Created {user.Email} as {user.Role} of tenant {user.Tenant}.");
                return VerbExit.Fine;
            case CreateUserOutcome.EmailTaken:
                await context.Error.WriteLineAsync($"There is a user {email} already.");
                return VerbExit.CheckFailed;
            case CreateUserOutcome.Invalid invalid:
                throw new VerbUseException(invalid.Message);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var caller = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).CallerAsync(tenants, cancellationToken);
        var users = await desk.ListAsync(caller, cancellationToken);
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(users.Select(Shown)));
            return VerbExit.Fine;
        }

        foreach (var user in users)
        {
            var lastSeen = user.LastSignInAt is { } at ? $"last signed in {at:u}" : "never signed in";
            await context.Out.WriteLineAsync($"{user.Email}  {user.Role}  {(user.HasTotp ? "password and code" : "password")}  {lastSeen}");
        }

        return VerbExit.Fine;
    }

    private async Task<int> GrantAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--role", "--tenant"]);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var outcome = await members.GrantAsync(caller, options.Require("--email"), options.Require("--role"), cancellationToken);
        return await TellAsync(context, outcome, membership => $"{membership.Email} is {membership.Role} of tenant {membership.Tenant}.");
    }

    private async Task<int> RemoveAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--tenant"]);
        var email = EmailAddress.Normalize(options.Require("--email"));
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var member = (await members.ListAsync(caller, cancellationToken)).FirstOrDefault(m => EmailAddress.Normalize(m.Email) == email);
        var outcome = member is null ? new MembershipOutcome.NotFound() : await members.RemoveAsync(caller, member.User, cancellationToken);
        return await TellAsync(context, outcome, membership => $"{membership.Email} is no member of tenant {membership.Tenant} any more.");
    }

    private static async Task<int> TellAsync(VerbContext context, MembershipOutcome outcome, Func<Membership, string> words)
    {
        switch (outcome)
        {
            case MembershipOutcome.Changed { Membership: var membership }:
                await context.Out.WriteLineAsync(words(membership));
                return VerbExit.Fine;
            case MembershipOutcome.LastOwner:
                await context.Error.WriteLineAsync("A tenant keeps at least one owner.");
                return VerbExit.CheckFailed;
            case MembershipOutcome.NotFound:
                await context.Error.WriteLineAsync("There is no such user.");
                return VerbExit.CheckFailed;
            case MembershipOutcome.Refused refused:
                throw new VerbUseException(refused.Message);
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    private async Task<int> ResetMfaAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--tenant"]);
        var email = EmailAddress.Normalize(options.Require("--email"));
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var user = (await desk.ListAsync(caller, cancellationToken)).FirstOrDefault(u => EmailAddress.Normalize(u.Email) == email);
        var outcome = user is null ? new ChangeUserOutcome.NotFound() : await desk.ResetMfaAsync(caller, user.Id, cancellationToken);
        return await TellAsync(context, options, caller, user, outcome, "signs in by password alone until a code is set up again; open sessions end.");
    }

    private async Task<int> ResetPasswordAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--tenant"], ["--password-stdin"]);
        var email = EmailAddress.Normalize(options.Require("--email"));
        RequirePasswordFromInput(options);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var password = await context.Input.ReadLineAsync(cancellationToken) ?? "";
        var user = (await desk.ListAsync(caller, cancellationToken)).FirstOrDefault(u => EmailAddress.Normalize(u.Email) == email);
        var outcome = user is null ? new ChangeUserOutcome.NotFound() : await desk.ResetPasswordAsync(caller, user.Id, password, cancellationToken);
        return await TellAsync(context, options, caller, user, outcome, "signs in by the new password, and by a code where one is set up; open sessions end.");
    }

    private static async Task<int> TellAsync(
        VerbContext context, VerbOptions options, Caller caller, User? user, ChangeUserOutcome outcome, string words)
    {
        switch (outcome)
        {
            case ChangeUserOutcome.Changed { User: var changed }:
                await context.Out.WriteLineAsync(context.Json ? VerbOptions.ToJson(Shown(changed)) : $"{changed.Email} {words}");
                return VerbExit.Fine;
            case ChangeUserOutcome.WeakPassword weak:
                throw new VerbUseException(PasswordPolicy.Explain(weak.Flaw));
            case ChangeUserOutcome.AtHomeElsewhere:
                await context.Error.WriteLineAsync($"The account is at home in tenant {user!.Tenant}: name that one.");
                return VerbExit.CheckFailed;
            default:
                await context.Error.WriteLineAsync($"Tenant {caller.Tenant} has no user {options.Find("--email")}.");
                return VerbExit.CheckFailed;
        }
    }

    private static void RequirePasswordFromInput(VerbOptions options)
    {
        if (!options.Has("--password-stdin"))
        {
            // A password on the command line would be in the shell's history and in the process list.
            throw new VerbUseException("Pass the password on standard input and say --password-stdin.");
        }
    }

    private async Task<int> InviteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--role", "--note", "--hours", "--tenant"]);
        if (!int.TryParse(options.Find("--hours") ?? "72", CultureInfo.InvariantCulture, out var hours))
        {
            throw new VerbUseException("Say the hours as a number.");
        }

        var caller = await options.CallerAsync(tenants, cancellationToken);
        switch (await invitations.CreateAsync(caller, options.Require("--role"), options.Find("--note") ?? "", Invitation.Lifetime(hours), cancellationToken))
        {
            case InviteOutcome.Made made:
                var path = InvitationEndpoints.PathOf(made.Token);
                await context.Out.WriteLineAsync(context.Json
                    ? VerbOptions.ToJson(new { Id = made.Invitation.Id.Value, Path = path, made.Invitation.Role, made.Invitation.ExpiresAt })
                    : $"Good once, until {made.Invitation.ExpiresAt:u}, below the console's address:\n{path}");
                return VerbExit.Fine;
            case InviteOutcome.Refused refused:
                throw new VerbUseException(refused.Message);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> SignOutAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--email", "--tenant"]);
        var email = EmailAddress.Normalize(options.Require("--email"));
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var user = (await desk.ListAsync(caller, cancellationToken)).FirstOrDefault(u => EmailAddress.Normalize(u.Email) == email);
        switch (user is null ? new EndSessionsOutcome.NotFound() : await sessions.EndOfMemberAsync(caller, user.Id, cancellationToken))
        {
            case EndSessionsOutcome.Ended ended:
                await context.Out.WriteLineAsync(context.Json ? VerbOptions.ToJson(ended) : $"{user!.Email} is signed out; sessions ended: {ended.Count}.");
                return VerbExit.Fine;
            case EndSessionsOutcome.AtHomeElsewhere:
                await context.Error.WriteLineAsync($"The account is at home in tenant {user!.Tenant}: name that one.");
                return VerbExit.CheckFailed;
            default:
                await context.Error.WriteLineAsync($"Tenant {caller.Tenant} has no user {options.Find("--email")}.");
                return VerbExit.CheckFailed;
        }
    }

    private static object Shown(User user) => new
    {
        Id = user.Id.Value, user.Email, user.Role, Tenant = user.Tenant.Value, user.HasTotp, user.CreatedAt, user.LastSignInAt, user.LockedUntil,
    };
}
