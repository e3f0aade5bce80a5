// The new key is on disk, or in the operator's hands, before anything is wrapped with it; everything is wrapped again in one transaction;
// only then does a file take the old one's place. Whatever moment it is cut off at, one of the two keys at hand opens everything, and
// the next start or run does what is left.
using Assistant.Domain.Audit;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Changes the master key.</summary>
internal sealed class MasterRotation(MasterKey master, IWriteQueue writes, TimeProvider clock)
{
    private const string All = "SELECT tenant_id, number, wrapped FROM data_keys ORDER BY tenant_id, number";
    private const string Rewrap = "UPDATE data_keys SET wrapped = @p2 WHERE tenant_id = @p0 AND number = @p1";
    private const string RewrapInstallation = "UPDATE installation_key SET wrapped = @p0, wrapped_at = @p1 WHERE id = 1";

    /// <returns>Where the new key is.</returns>
    /// <exception cref="MasterKeyException">There is no new key, or it cannot be written.</exception>
    public async Task<string> RunAsync(AuditDraft audit, CancellationToken cancellationToken)
    {
        var file = master.Next is null ? master.Source as MasterKeyFile ?? throw NoNext() : null;
        var next = file?.CreateNext() ?? master.Next!.ReadOrMake()[0];
        await writes.ExecuteAsync(TenantScope.System, session => Run(session, next, audit), cancellationToken);
        file?.PromoteIfNext(next);
        return file?.Name ?? master.Next!.Name;
    }

    private bool Run(WriteSession session, byte[] next, AuditDraft audit)
    {
        // Whoever wraps a new data key waits here, or we for them.
        var installation = session.QueryFirst(InstallationKey.Select + session.ForUpdate, row => row.GetBytes(0))
            ?? throw new InvalidOperationException("There is no installation key.");
        if (SealedBox.Open(next, installation, InstallationKey.Binding) is not null)
        {
            return false; // a run before this one did it
        }

        var old = master.RequireFor(installation, InstallationKey.Binding);
        foreach (var key in session.Query(All + session.ForUpdate, row => new WrappedDataKey(row.GetString(0), row.GetInt32(1), row.GetBytes(2))))
        {
            session.Execute(Rewrap, key.Tenant, key.Number, Again(old, next, key.Wrapped, key.Binding));
        }

        session.Execute(RewrapInstallation, Again(old, next, installation, InstallationKey.Binding), clock.GetUtcNow());
        session.Audit(audit);
        return true;
    }

    private byte[] Again(byte[] old, byte[] next, byte[] wrapped, byte[] binding)
        => SealedBox.Wrap(next, SealedBox.Open(old, wrapped, binding) ?? throw master.Foreign(), binding);

    private MasterKeyException NoNext() => new(
        $"{master.Name} cannot be changed from here. Name the next one with {MasterKeySettings.NameOf(MasterKeySettings.Key, isNext: true)} or "
        + $"{MasterKeySettings.NameOf(MasterKeySettings.Passphrase, isNext: true)}, run this again, and then start the program with it.");
}
