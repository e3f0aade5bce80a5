using System.Data.Common;
using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Audit.Bodies;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Persistence;

/// <summary>
/// What a unit of work may do inside the writer's transaction: SQL on the hot path, EF on the cold one, audit events on both.
/// A unit may run a second time when its batch failed because of another unit, so it touches nothing but this session.
/// </summary>
internal sealed class WriteSession(IDatabase database, DbConnection connection, ILiveFeed live, AuditKeys auditKeys) : SqlSession(database, connection)
{
    private readonly AuditAppender _audit = new(auditKeys);
    private DbTransaction? _transaction;
    private int _contexts;
    private bool _isCommitting;
    private readonly List<LiveEvent> _events = [];

    /// <summary>Appends to the tenant's audit chain; returns the event's sequence number.</summary>
    public long Audit(AuditDraft draft)
    {
        // A sign-in may fail in one tenant and be written down in another: the chain is always the draft's tenant's.
        var written = Within(TenantScope.Of(draft.Tenant), session => session._audit.Append(session, draft));
        _events.Add(new LiveEvent.Audited(draft.Tenant, written));
        return written.Seq;
    }

    /// <summary>Whether anybody would see an event of the tenant: spares reads made only for the screen.</summary>
    public bool IsWatched(TenantId tenant) => live.HasListeners(tenant);

    /// <summary>Publishes after the commit.</summary>
    public void Publish(LiveEvent liveEvent) => _events.Add(liveEvent);

    /// <summary>Cold-path writes through EF in this transaction; saves at the end.</summary>
    public T WithContext<T>(TenantScope scope, Func<AssistantDbContext, T> work)
        => Within(scope, session =>
        {
            session._contexts++;
            try
            {
                session.OnScopeChanged();
                using var context = session.Database.EnlistContext(session.Connection, session._transaction!, scope);
                var result = work(context);
                context.SaveChanges();
                return result;
            }
            finally
            {
                session._contexts--;
            }
        });

    /// <summary>Runs a part of the unit with a scope of its own: what truly spans tenants, in a unit of one.</summary>
    public T Within<T>(TenantScope scope, Func<WriteSession, T> work) => InScope(scope, work, this);

    protected override bool IsInTransaction => true;

    // EF's statements do not pass through this session: what they see is settled before they run.
    protected override void OnScopeChanged()
    {
        if (IsPostgres && _contexts > 0)
        {
            Execute("SELECT 1");
        }
    }

    /// <summary>Whether the connection was lost during the commit: what was written may be there.</summary>
    internal bool MayHaveCommitted => _isCommitting && IsLost;

    internal void Begin()
    {
        ForgetScope();
        _isCommitting = false;
        _transaction = Database.BeginWrite(Connection);
        _audit.Reset();
        _events.Clear();
    }

    /// <summary>Commits and returns what to publish.</summary>
    internal LiveEvent[] Commit()
    {
        _audit.StoreHeads(this);
        _isCommitting = true;
        _transaction!.Commit();
        _isCommitting = false;
        _transaction.Dispose();
        _transaction = null;
        var events = _events.ToArray();
        _events.Clear();
        return events;
    }

    internal void Rollback()
    {
        _events.Clear();
        _audit.Reset();
        try
        {
            _transaction?.Rollback();
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            // The connection is broken or SQLite rolled back by itself; the queue opens a new one when needed.
        }

        _transaction?.Dispose();
        _transaction = null;
    }
}
