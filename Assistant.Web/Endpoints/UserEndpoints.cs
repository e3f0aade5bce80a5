using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record UserResource(
    Guid Id, string Email, string Role, bool HasTotp, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, DateTimeOffset? LockedUntil)
{
    public static UserResource From(User user)
        => new(user.Id.Value, user.Email, user.Role, user.HasTotp, user.CreatedAt, user.LastSignInAt, user.LockedUntil);
}

internal sealed record UserRequest(
    string Email,
    [property: Description("A built-in role or one of the tenant's own; at most what the caller may do.")] string Role,
    [property: Description("At least 12 characters. Never returned.")] string Password);

internal sealed record RoleRequest(string Role);

internal sealed record PasswordRequest(
    [property: Description("The user's password as it is now.")] string Password,
    [property: Description("At least 12 characters.")] string Next);

internal sealed record TotpResource(
    [property: Description("Base32; nothing is stored yet.")] string Secret,
    [property: Description("What a QR code says.")] string Uri);

internal sealed record TotpRequest(
    [property: Description("The user's password as it is now.")] string Password,
    [property: Description("As a POST gave it.")] string Secret,
    [property: Description("What the app shows for it.")] string Code);

internal sealed record ProofRequest([property: Description("The user's password as it is now.")] string Password);

/// <summary><c>/api/v1/users</c>: who may sign in to the console.</summary>
internal static class UserEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users");
        group.MapGet("/", ListAsync).Needs(Permissions.UsersRead)
            .WithSummary("Lists users by e-mail address").Produces<PageResource<UserResource>>();
        group.MapGet("/{id:guid}", GetAsync).Needs(Permissions.UsersManage)
            .WithSummary("One user").Produces<UserResource>().ProducesProblem(404);
        group.MapPost("/", CreateAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.UserCreated)
            .WithSummary("Creates a user").Produces<UserResource>(201).ProducesValidationProblem().ProducesProblem(409);
        group.MapPut("/{id:guid}/password", SetPasswordAsync).Needs(Permissions.UsersManage).Audits(AuditActions.UserChanged, AuditActions.SignInFailed)
            .WithSummary("Changes a user's password").WithDescription("Wants the password as it is now. The user has to sign in again. Refused when the user may do more than the caller.")
            .Produces<UserResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/totp", OfferTotpAsync).Needs(Permissions.UsersManage).NotAudited("hands out a seed and keeps nothing")
            .WithSummary("A fresh secret for one-time codes, to be confirmed").Produces<TotpResource>().ProducesProblem(404);
        group.MapPut("/{id:guid}/totp", EnrolTotpAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.UserChanged, AuditActions.SignInFailed)
            .WithSummary("Asks for one-time codes at sign-in")
            .WithDescription("Wants the password and a code of the secret. Refused when the user may do more than the caller.")
            .Produces<UserResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/totp/remove", RemoveTotpAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.UserChanged, AuditActions.SignInFailed)
            .WithSummary("Signs a user in by password alone").WithDescription("Wants the password. Refused when the user may do more than the caller.")
            .Produces<UserResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, AccountDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, new UserId(id), ct) is { } user ? Results.Ok(UserResource.From(user)) : Problems.NotFound("user");

    private static async Task<IResult> SetPasswordAsync(Guid id, PasswordRequest request, ApiCaller caller, AccountDesk desk, CancellationToken ct)
        => Answer(await desk.ChangePasswordAsync(caller.Value, new UserId(id), request.Password, request.Next, ct));

    private static async Task<IResult> OfferTotpAsync(Guid id, ApiCaller caller, AccountDesk desk, ITotp totp, CancellationToken ct)
    {
        var secret = TotpSecret.Create();
        return await desk.FindAsync(caller.Value, new UserId(id), ct) is { } user
            ? Results.Ok(new TotpResource(totp.ToText(secret), totp.ProvisioningUri(secret, user.Email).AbsoluteUri))
            : Problems.NotFound("user");
    }

    private static async Task<IResult> EnrolTotpAsync(
        Guid id, TotpRequest request, ApiCaller caller, AccountDesk desk, ITotp totp, CancellationToken ct)
        => totp.Read(request.Secret) is { } secret
            ? Answer(await desk.EnrolTotpAsync(caller.Value, new UserId(id), request.Password, secret, request.Code, ct))
            : Problems.Invalid("secret", "This is not a secret of ours.");

    private static async Task<IResult> RemoveTotpAsync(Guid id, ProofRequest request, ApiCaller caller, AccountDesk desk, CancellationToken ct)
        => Answer(await desk.RemoveTotpAsync(caller.Value, new UserId(id), request.Password, ct));

    private static IResult Answer(CredentialOutcome outcome) => outcome switch
    {
        CredentialOutcome.Changed changed => Results.Ok(UserResource.From(changed.User)),
        CredentialOutcome.WrongPassword => Problems.Invalid("password", "This is not the user's password."),
        CredentialOutcome.WeakPassword weak => Problems.Invalid("next", PasswordPolicy.Explain(weak.Flaw)),
        CredentialOutcome.WrongCode => Problems.Invalid("code", "This is not a code of the secret, or its 30 seconds are over."),
        CredentialOutcome.Locked => Problems.Conflict("Locked", "Too many wrong passwords. Try again in a few minutes."),
        CredentialOutcome.NotFound => Problems.NotFound("user"),
        CredentialOutcome.MayDoMore more => Problems.Of(
            StatusCodes.Status403Forbidden, "Forbidden", $"{more.Email} may do more than you may: ask somebody who holds that much."),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static async Task<IResult> ListAsync(ApiCaller caller, UserDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<UserResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(UserResource.From)));

    private static async Task<IResult> CreateAsync(UserRequest request, ApiCaller caller, UserDesk desk, CancellationToken ct)
        => await desk.CreateAsync(caller.Value, request.Email, request.Role, request.Password, totp: null, ct) switch
        {
            CreateUserOutcome.Created created => Results.Json(UserResource.From(created.User), statusCode: StatusCodes.Status201Created),
            CreateUserOutcome.EmailTaken => Problems.Conflict("E-mail taken", "Somebody has this address."),
            CreateUserOutcome.Invalid invalid => Problems.Invalid(invalid.Key, invalid.Message),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
}
