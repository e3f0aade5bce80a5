using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Domain.Forgetting;

/// <summary>How asking to forget ended.</summary>
public abstract record ForgetOutcome
{
    private ForgetOutcome() { }

    /// <summary>It is out of sight and its keys are destroyed; a worker deletes the rest and makes the certificate.</summary>
    public sealed record Begun(Erasure Erasure) : ForgetOutcome;

    /// <summary>Something was said or changed since the preview: look again.</summary>
    public sealed record Changed(ErasurePreview Now) : ForgetOutcome;

    public sealed record NotFound : ForgetOutcome;
}

/// <summary>What people do about forgetting: look what would go, have it go, read what was certified.</summary>
public sealed class ForgettingDesk(
    IErasureStore store, IStepUpGuard guard, IConversationExecutor executor, IOutboxSignal signal, IErasureSignal worker, TimeProvider clock)
{
    /// <summary>What would go, or <see langword="null"/> when there is no such thing.</summary>
    public Task<ErasurePreview?> PreviewAsync(Caller caller, ErasureScope scope, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleForget);
        return store.PreviewAsync(caller.Tenant, scope, cancellationToken);
    }

    /// <summary>Forgets what the preview showed, and nothing else. When this returns <see cref="ForgetOutcome.Begun"/>, nobody sees it any more, and nothing of it leaves.</summary>
    /// <param name="digest">Of the preview the caller agrees to.</param>
    /// <exception cref="StepUpRequiredException">It wants proof first; the proof is for this very preview.</exception>
    public async Task<ForgetOutcome> ForgetAsync(Caller caller, ErasureScope scope, string digest, CancellationToken cancellationToken)
    {
        if (await PreviewAsync(caller, scope, cancellationToken) is not { } preview)
        {
            return new ForgetOutcome.NotFound();
        }

        if (preview.Digest != digest)
        {
            return new ForgetOutcome.Changed(preview); // before a proof is spent on it
        }

        await guard.DemandAsync(caller, Operation(caller, preview), cancellationToken);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.ErasureBegun, scope.Subject, ("scope", preview.Scope.Kind.ToString().ToLowerInvariant()));
        switch (await store.BeginAsync(ErasureId.Create(), scope, digest, preview.KeptEvents, audit, cancellationToken))
        {
            case BeginErasureOutcome.Begun begun:
                await StopAsync(begun, cancellationToken);
                return new ForgetOutcome.Begun(begun.Erasure);
            case BeginErasureOutcome.Changed when await store.PreviewAsync(caller.Tenant, scope, cancellationToken) is { } now:
                return new ForgetOutcome.Changed(now);
            default:
                return new ForgetOutcome.NotFound();
        }
    }

    /// <summary>The tenant's erasures, newest first.</summary>
    public Task<Page<Erasure>> ListAsync(Caller caller, string? after, int limit, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleForget);
        return store.ListAsync(caller.Tenant, after, limit, cancellationToken);
    }

    /// <summary>One erasure, or <see langword="null"/>.</summary>
    public Task<Erasure?> FindAsync(Caller caller, ErasureId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleForget);
        return store.FindAsync(caller.Tenant, id, cancellationToken);
    }

    /// <summary>What was being thought and sent when it began: the new versions keep it from being written or sent, this ends it at once.</summary>
    private async Task StopAsync(BeginErasureOutcome.Begun begun, CancellationToken cancellationToken)
    {
        worker.Begun(); // first: whatever happens here, the rest goes on
        foreach (var (conversation, version) in begun.Halted)
        {
            executor.Halt(conversation, version);
            await signal.SettleAsync(conversation, version, cancellationToken);
            executor.Wake(conversation); // a message may be forgotten under a turn that thinks of another one
        }
    }

    private static BoundOperation Operation(Caller caller, ErasurePreview preview)
    {
        if (caller.Act is { } act)
        {
            return new BoundOperation(
                SensitiveOperations.OwnForget, caller.Tenant, preview.Scope.Subject,
                [new("name", preview.Name), new("act", act.ToString()), new("digest", preview.Digest)]);
        }

        var what = preview.Scope.Kind switch
        {
            ErasureKind.Person => SensitiveOperations.PersonForget,
            ErasureKind.Conversation => SensitiveOperations.ConversationForget,
            _ => SensitiveOperations.MessageForget,
        };
        return new BoundOperation(
            what, caller.Tenant, preview.Scope.Subject,
            [
                new("name", preview.Name),
                new("count", preview.Counts.OnlyDecisive().Total.ToString(CultureInfo.InvariantCulture)),
                new("digest", preview.Digest),
            ]);
    }
}
