using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>people</c>: everything about a person as a file, and forgetting them for good.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.ErasureBegun, AuditActions.Erased, AuditActions.PersonKeyDestroyed, AuditActions.PersonExported, WantsProof = true)]
internal sealed class PeopleVerb(ForgettingDesk forgetting, ErasureRunner runner, PersonExportDesk exports, ITenantDirectory tenants) : IVerb
{
    public string Name => "people";

    public string Usage => """
        people export --id ID --out FILE [--format json|html] [--tenant T]
        people forget --id ID [--tenant T] [--json]                                 shows what would go
        people forget --id ID --digest DIGEST [--certificate FILE] [--tenant T] [--json]   does it; the digest is of what was shown
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["export", ..] => ExportAsync(context, cancellationToken),
            ["forget", ..] => ForgetAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do about a person."),
        });

    private async Task<int> ExportAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--id", "--out", "--format", "--tenant"]);
        var (person, path) = (PersonOf(options), options.Require("--out"));
        var format = options.Find("--format") switch
        {
            null or "json" => PersonExportFormat.Json,
            "html" => PersonExportFormat.Html,
            _ => throw new VerbUseException("The format is json or html."),
        };
        var caller = await options.CallerAsync(tenants, cancellationToken);
        if (await exports.AllowAsync(caller, person, format, CultureInfo.CurrentUICulture, cancellationToken) is not { } allowed)
        {
            return await MissingAsync(context, caller);
        }

        var mine = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(path, mine))
        {
            await allowed.WriteAsync(file, cancellationToken);
        }

        await context.Out.WriteLineAsync($"Everything about the person is in {path}.");
        return VerbExit.Fine;
    }

    private async Task<int> ForgetAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--id", "--digest", "--certificate", "--tenant"]);
        var scope = ErasureScope.Of(PersonOf(options));
        var caller = await options.CallerAsync(tenants, cancellationToken);
        if (options.Find("--digest") is not { } digest)
        {
            return await forgetting.PreviewAsync(caller, scope, cancellationToken) is { } preview
                ? await ShowAsync(context, preview)
                : await MissingAsync(context, caller);
        }

        switch (await forgetting.ForgetAsync(caller, scope, digest, cancellationToken))
        {
            case ForgetOutcome.Begun begun:
                // A server that runs does the same: whoever comes first does the next batch.
                var erasure = (await runner.RunAsync(caller.Tenant, begun.Erasure.Id, cancellationToken))!;
                return await TellAsync(context, erasure, options.Find("--certificate"), cancellationToken);
            case ForgetOutcome.Changed changed:
                await context.Error.WriteLineAsync("Something changed since it was shown; nothing was forgotten. This is how it is now:");
                await ShowAsync(context, changed.Now);
                return VerbExit.CheckFailed;
            default:
                return await MissingAsync(context, caller);
        }
    }

    private static async Task<int> ShowAsync(VerbContext context, ErasurePreview preview)
    {
        if (context.Json)
        {
            await context.WriteJsonAsync(new
            {
                preview.Name, preview.Digest, preview.KeptEvents, preview.NamedEvents,
                Counts = preview.Counts.All.ToDictionary(count => ErasureCounts.Name(count.Key), count => count.Value),
            });
            return VerbExit.Fine;
        }

        await context.Out.WriteLineAsync($"Forgetting {preview.Name} would erase:");
        await context.WriteTableAsync(
            [.. preview.Counts.All.Select(count => new[] { count.Value.ToString(CultureInfo.InvariantCulture), ErasureCounts.Name(count.Key) })]);
        await context.Out.WriteLineAsync($"{preview.KeptEvents} audit events stay; they hold ids alone"
            + (preview.NamedEvents == 0 ? "." : $", except {preview.NamedEvents} an earlier version wrote with the person's name."));
        await context.Out.WriteLineAsync($"To do it: --digest {preview.Digest}");
        return VerbExit.Fine;
    }

    private static async Task<int> TellAsync(VerbContext context, Erasure erasure, string? path, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            await File.WriteAllTextAsync(path, erasure.Certificate, cancellationToken);
        }

        if (context.Json)
        {
            await context.WriteJsonAsync(new
            {
                Id = erasure.Id.Value, erasure.KeysDestroyed, erasure.Certificate,
                Counts = erasure.Counts.All.ToDictionary(count => ErasureCounts.Name(count.Key), count => count.Value),
            });
        }
        else
        {
            await context.Out.WriteLineAsync(path is null ? erasure.Certificate : $"Forgotten. The certificate is in {path}.");
        }

        return VerbExit.Fine;
    }

    private static async Task<int> MissingAsync(VerbContext context, Caller caller)
    {
        await context.Error.WriteLineAsync($"Tenant {caller.Tenant} has no such person.");
        return VerbExit.CheckFailed;
    }

    private static PersonId PersonOf(VerbOptions options)
        => Guid.TryParse(options.Require("--id"), out var id) ? new PersonId(id) : throw new VerbUseException("'--id' is the id of a person, as the console's address shows it.");
}
