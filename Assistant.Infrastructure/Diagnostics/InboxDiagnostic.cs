using System.Data.Common;
using Assistant.Domain.Diagnostics;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Whether messages are answered: what keeps them waiting, such as a full disk of the database's, may leave everything else as it should be.</summary>
internal sealed class InboxDiagnostic(IReadPool reads, TimeProvider clock) : IDiagnostic
{
    private const string Overdue = "SELECT COUNT(*) FROM inbox WHERE state = 'Pending' AND due_at <= @p0";

    // One that is to be tried again is not due before that.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public int Order => 27;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var since = (clock.GetUtcNow() - Patience).ToUnixTimeMilliseconds();
        try
        {
            var waiting = await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(Overdue, row => row.GetInt64(0), since), cancellationToken);
            return waiting == 0 ? [] : [Finding.Warning(
                "inbox", $"{waiting} {(waiting == 1 ? "message has" : "messages have")} been due for an answer for more than {Patience.TotalMinutes:0} minutes.",
                "Start the assistant; where it runs, its log says what keeps it from answering, such as a full disk.")];
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return []; // a finding of the database
        }
    }
}
