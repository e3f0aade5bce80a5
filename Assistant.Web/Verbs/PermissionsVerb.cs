using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Verbs;

/// <summary><c>permissions</c>: every way in, what it asks of who comes in and what it leaves in the audit log.</summary>
/// <param name="doors">The inventory of the composed application.</param>
[ActsFor("whoever commands the machine: it reads nothing but the program")]
[NotAudited(NotAuditedAttribute.Reads)]
internal sealed class PermissionsVerb(MappedDoors doors) : IVerb
{
    public string Name => "permissions";

    public string Usage => "permissions [--json | --markdown]";

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, async () =>
    {
        var options = VerbOptions.Parse(context.Args, [], ["--markdown"]);
        var all = doors.Read(context.Services);
        if (context.Json)
        {
            await context.WriteJsonAsync(all);
        }
        else if (options.Has("--markdown"))
        {
            await context.Out.WriteAsync(AccessInventory.ToMarkdown(all));
        }
        else
        {
            await context.WriteTableAsync([.. all.Select(door => new[] { door.Name, door.Permission ?? "-", door.Words ?? "NOT STATED", door.AuditWords })]);
        }

        return all.All(door => door.IsStated && door.IsAuditStated) ? VerbExit.Fine : VerbExit.CheckFailed;
    });
}

/// <summary>Knows the composed application, to read its doors when somebody asks.</summary>
internal sealed class MappedDoors
{
    private IEndpointRouteBuilder? _app;

    /// <summary>Called where the application is composed, once everything is mapped.</summary>
    public void Open(IEndpointRouteBuilder app) => _app = app;

    /// <param name="services">A scope of the application.</param>
    public IReadOnlyList<Door> Read(IServiceProvider services)
        => AccessInventory.Read(_app ?? throw new InvalidOperationException("Nothing was mapped yet."), services);
}
