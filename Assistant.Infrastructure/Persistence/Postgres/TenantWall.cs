// The second wall between tenants: PostgreSQL shows and takes a tenant's rows only to a transaction that has named the tenant.
//
// The idea: every table with a tenant has a policy on two settings, which the transaction is given in the same round trip as its first
// statement and loses at its end. Nothing is remembered on a connection, so there is nothing to be left over from another tenant.
// The invariant: no setting, no row. What spans tenants says so in a setting of its own, which no name of a tenant can imitate.
// Rejected: the setting for the whole session (a forgotten change would show the tenant before), a schema or a database per tenant
// (migrations, pools and statements prepared times the number of tenants).
using Microsoft.EntityFrameworkCore.Migrations;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>How a transaction names whose rows it may see, and the policies that ask for it.</summary>
internal static class TenantWall
{
    public const string TenantParameter = "wall_tenant";
    public const string ReachParameter = "wall_scope";

    /// <summary>Goes ahead of a statement and names the scope until the transaction ends; <see cref="TenantOf"/> and <see cref="ReachOf"/> are its values.</summary>
    public const string Enter =
        $"SELECT set_config('assistant.tenant', @{TenantParameter}, true), set_config('assistant.scope', @{ReachParameter}, true);\n";

    /// <summary>For the connection that changes the schema: a migration moves every tenant's rows.</summary>
    public const string OpenSession = "SELECT set_config('assistant.scope', 'installation', false)";

    /// <summary>For a transaction that reads every tenant's rows, e.g. a backup's.</summary>
    public const string OpenTransaction = "SELECT set_config('assistant.scope', 'installation', true)";

    /// <summary>Name of the policy on every table.</summary>
    public const string Policy = "tenant_wall";

    // The table of tenants carries the tenant as its key.
    private const string TablesWithTenant = """
        SELECT c.oid::regclass AS name, a.attname AS tenant FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        """;

    public static string TenantOf(TenantScope scope) => scope.Tenant ?? "";

    public static string ReachOf(TenantScope scope) => scope.Tenant is null ? "installation" : "tenant";

    /// <summary>Puts the wall before every table with a tenant that has none yet: a migration that adds such a table ends with this.</summary>
    public static void RaiseTenantWalls(this MigrationBuilder migration) => migration.Sql($"""
        DO $walls$
        DECLARE
            wall record;
            admits text;
        BEGIN
            FOR wall IN {TablesWithTenant} AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = '{Policy}') LOOP
                admits := format('%I = current_setting(''assistant.tenant'', true) OR current_setting(''assistant.scope'', true) = ''installation''', wall.tenant);
                EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', wall.name);
                EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', wall.name);
                EXECUTE format('CREATE POLICY {Policy} ON %s USING (%s) WITH CHECK (%s)', wall.name, admits, admits);
            END LOOP;
        END $walls$
        """);

    /// <summary>Takes every wall down.</summary>
    public static void RazeTenantWalls(this MigrationBuilder migration) => migration.Sql($"""
        DO $walls$
        DECLARE
            wall record;
        BEGIN
            FOR wall IN {TablesWithTenant} LOOP
                EXECUTE format('DROP POLICY IF EXISTS {Policy} ON %s', wall.name);
                EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', wall.name);
                EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', wall.name);
            END LOOP;
        END $walls$
        """);
}
