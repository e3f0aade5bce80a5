using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>PostgreSQL: the tenant's audit head row, locked first in each writing transaction, puts writers of several nodes in line.</summary>
/// <remarks>It keeps tenants apart itself: see <see cref="TenantWall"/> and <see cref="ApplicationRole"/>.</remarks>
internal sealed partial class PostgresDatabase : IDatabase, IAsyncDisposable
{
    // The writer keeps one; pages, the API and a backup take one now and then.
    private const int BesideReaders = 3;

    private const string CheckIt = "Check that it runs, and Assistant__Database__ConnectionString.";

    private readonly NpgsqlDataSource _source;
    private readonly string _owner;
    private readonly string? _login;
    private readonly string _where;
    private readonly ApplicationRole _role;
    private readonly ILogger<PostgresDatabase> _logger;
    private readonly Lazy<DbContextOptions<PostgresAssistantDbContext>> _contextOptions;

    /// <param name="ownerConnectionString">Who owns the tables, where <paramref name="connectionString"/> names the application's user.</param>
    /// <param name="readers">Connections that will be kept for reading.</param>
    /// <exception cref="InstallationException">A connection string cannot be read, or allows fewer connections than are needed.</exception>
    public PostgresDatabase(string connectionString, string? ownerConnectionString = null, int readers = 0, ILogger<PostgresDatabase>? logger = null)
    {
        _logger = logger ?? NullLogger<PostgresDatabase>.Instance;
        // Statements repeat; let the driver prepare them by itself. Nothing is left on a connection that would have to be taken back.
        var builder = Parse(connectionString, nameof(DatabaseOptions.ConnectionString));
        RequirePool(builder, readers);
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages, builder.NoResetOnClose) = (200, 2, true);
        _where = $"{builder.Host}:{builder.Port}/{builder.Database}";
        var hasOwner = !string.IsNullOrWhiteSpace(ownerConnectionString);
        _login = hasOwner ? builder.Username : null;
        _role = new ApplicationRole(_where, hasOwner ? null : builder.Username ?? Environment.UserName);
        _source = Open(builder, asRole: !hasOwner);
        var owner = hasOwner ? Parse(ownerConnectionString!, nameof(DatabaseOptions.OwnerConnectionString)) : Parse(connectionString, nameof(DatabaseOptions.ConnectionString));
        owner.Pooling = false; // needed for a moment at each start
        _owner = owner.ConnectionString;
        _contextOptions = new(() => new DbContextOptionsBuilder<PostgresAssistantDbContext>()
            .UseNpgsql(_source).AddInterceptors(new TenantWallInterceptor()).Options);
    }

    public bool IsPostgres => true;

    public string ForUpdate => " FOR UPDATE";

    public SchemaVersion Schema => PostgresAssistantDbContext.Version;

    public DbConnection Open(bool forWriting) => _source.OpenConnection();

    public void ForgetConnections() => _source.Clear();

    public SqlStatement Prepare(DbConnection connection, string sql, int parameters)
        => new PostgresStatement((NpgsqlConnection)connection, sql, parameters);

    public DbTransaction BeginWrite(DbConnection connection) => connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);

    public AssistantDbContext OpenContext(TenantScope scope) => new PostgresAssistantDbContext(_contextOptions.Value, scope);

    public AssistantDbContext OpenSchemaContext() => new PostgresAssistantDbContext(
        new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql(_owner).AddInterceptors(new SchemaConnectionInterceptor()).Options,
        TenantScope.System);

    public AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope)
    {
        var context = new PostgresAssistantDbContext(
            new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql(connection).Options, scope);
        context.Database.UseTransaction(transaction);
        return context;
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsCurrentAsync(cancellationToken))
            {
                await using var context = OpenSchemaContext();
                context.Database.SetCommandTimeout(0); // a large table takes its time, and so does whoever reads it meanwhile
                LogUpgrading(_logger, _where);
                await PostgresUpgradeTurn.MakeDatabaseAsync(context, cancellationToken);
                await using var turn = await PostgresUpgradeTurn.TakeAsync(_owner, cancellationToken);
                await SchemaUpgrade.ApplyAsync(context, cancellationToken);
            }

            string? schema;
            await using (var owner = new NpgsqlConnection(_owner))
            {
                await owner.OpenAsync(cancellationToken);
                await _role.ProvideAsync(owner, _login, cancellationToken);
                schema = await ApplicationRole.FindSchemaAsync(owner, cancellationToken);
            }

            await using var connection = await _role.EnterAsync(_source, cancellationToken);
            await _role.RequireAsync(connection, schema, cancellationToken);
        }
        catch (Exception error) when (error is not InstallationException && Fault(error) is { } fault)
        {
            throw new InstallationException($"PostgreSQL at {_where} {Tell(fault)}", error);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // A server without this database refuses the connection: it is made.
    private async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        var owner = new NpgsqlConnection(_owner);
        using var session = new SqlSession(this, owner);
        try
        {
            await owner.OpenAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }

        if (await TextEncoding.FindFaultAsync(owner, cancellationToken) is { } fault)
        {
            throw new InstallationException($"PostgreSQL at {_where} {fault} {TextEncoding.Advice}");
        }

        return Schema.IsThatOf(session);
    }

    private static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings, bool asRole)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (asRole)
        {
            builder.UsePhysicalConnectionInitializer(Become, BecomeAsync);
        }

        return builder.Build();
    }

    private static void Become(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(ApplicationRole.Become, connection);
        command.ExecuteNonQuery();
    }

    private static async Task BecomeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(ApplicationRole.Become, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString, string setting)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or KeyNotFoundException)
        {
            // Neither the text itself nor what the driver says of it, not even within: a password with a ; in it goes on as the name of a setting.
            throw new InstallationException(
                $"Assistant__Database__{setting} cannot be read: {WhyUnreadable(error)}. It looks like Host=localhost;Database=assistant;Username=assistant;Password=…");
        }
    }

    // Those that are kept would leave none, and whatever asks for one waits in vain.
    private static void RequirePool(NpgsqlConnectionStringBuilder settings, int readers)
    {
        if (settings.Pooling && settings.MaxPoolSize < readers + BesideReaders)
        {
            throw new InstallationException(
                $"Assistant__Database__ConnectionString allows {settings.MaxPoolSize} connections with Maximum Pool Size, and {readers + BesideReaders} are needed: "
                + $"{readers} for Assistant__Database__Readers and {BesideReaders} for all else. Raise the one or lower the other.");
        }
    }

    private static string WhyUnreadable(Exception error) => error switch
    {
        ArgumentException { ParamName: null } => "it is no list of settings with a value, one ; between two",
        ArgumentException { ParamName: { } name } when new NpgsqlConnectionStringBuilder().ContainsKey(name) => $"its {name} has a value it cannot have",
        _ => "it has a part that is no setting; quote a password that holds ; or =",
    };

    // The driver's exception may come wrapped by EF, and hold the socket's within.
    private static NpgsqlException? Fault(Exception? error) => error is null ? null : error as NpgsqlException ?? Fault(error.InnerException);

    private string Tell(NpgsqlException fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refusal
            => $"refuses: {refusal.MessageText}. The user in Assistant__Database__{OwnerSetting} must own the program's tables, and make them and their database "
                + "where they are missing.",
        PostgresException refusal => $"refuses: {refusal.MessageText}. {CheckIt}",
        { InnerException: TimeoutException } => $"does not answer in time: {Reason(fault)}. {CheckIt}",
        _ => $"cannot be reached: {Reason(fault)}. {CheckIt}",
    };

    private string OwnerSetting => _login is null ? nameof(DatabaseOptions.ConnectionString) : nameof(DatabaseOptions.OwnerConnectionString);

    private static string Reason(NpgsqlException fault) => (fault.InnerException ?? fault).Message.TrimEnd('.');

    [LoggerMessage(Level = LogLevel.Information, Message = "Bringing the schema of PostgreSQL at {Where} up to date")]
    private static partial void LogUpgrading(ILogger logger, string where);
}
