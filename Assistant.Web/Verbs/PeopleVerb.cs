using System.Globalization;
using System.Text;
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
        var (person, path) = (PersonOf(options), options.RequireFile("--out"));
        var format = options.Find("--format") switch
        {
            null or "json" => PersonExportFormat.Json,
            "html" => PersonExportFormat.Html,
            _ => throw new VerbUseException("The format is json or html."),
        };
        var caller = await options.CallerAsync(tenants, cancellationToken);
        await using var file = VerbFile.Open(path);
        if (await exports.AllowAsync(caller, person, format, CultureInfo.CurrentUICulture, cancellationToken) is not { } allowed)
        {
            return await MissingAsync(context, caller);
        }

        await allowed.WriteAsync(file.Content, cancellationToken);
        await file.KeepAsync(cancellationToken);
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

        // Opened first: what is forgotten cannot be forgotten once more for its certificate.
        await using var certificate = options.FindFile("--certificate") is { } path ? VerbFile.Open(path) : null;
        switch (await forgetting.ForgetAsync(caller, scope, digest, cancellationToken))
        {
            case ForgetOutcome.Begun begun:
                // A server that runs does the same: whoever comes first does the next batch.
                var erasure = (await runner.RunAsync(caller.Tenant, begun.Erasure.Id, cancellationToken))!;
                return await TellAsync(context, erasure, certificate, cancellationToken);
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

    private static async Task<int> TellAsync(VerbContext context, Erasure erasure, VerbFile? file, CancellationToken cancellationToken)
    {
        var fault = file is null ? null : await WriteAsync(file, erasure.Certificate!, cancellationToken);
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
            await context.Out.WriteLineAsync(file is null || fault is not null ? erasure.Certificate : $"Forgotten. The certificate is in {file.Name}.");
        }

        if (fault is not null)
        {
            await context.Error.WriteLineAsync($"Forgotten, but the certificate could not be written to {file!.Name}, so it is printed: {fault}");
        }

        return fault is null ? VerbExit.Fine : VerbExit.CheckFailed;
    }

    // It is done: whatever becomes of the file, the certificate must be seen.
    private static async Task<string?> WriteAsync(VerbFile file, string certificate, CancellationToken cancellationToken)
    {
        try
        {
            await file.Content.WriteAsync(Encoding.UTF8.GetBytes(certificate), cancellationToken);
            await file.KeepAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static async Task<int> MissingAsync(VerbContext context, Caller caller)
    {
        await context.Error.WriteLineAsync($"Tenant {caller.Tenant} has no such person.");
        return VerbExit.CheckFailed;
    }

    private static PersonId PersonOf(VerbOptions options)
        => Guid.TryParse(options.Require("--id"), out var id) ? new PersonId(id) : throw new VerbUseException("'--id' is the id of a person, as the console's address shows it.");
}
