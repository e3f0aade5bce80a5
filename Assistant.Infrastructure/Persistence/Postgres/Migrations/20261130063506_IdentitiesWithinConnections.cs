using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <summary>
    /// Of a server of one's own an id counts within its connection. Whoever has spoken over one connection of these channels keeps who they are; whoever
    /// has over several may have been several people, and is met anew on each.
    /// </summary>
    public partial class IdentitiesWithinConnections : Migration
    {
        private const string Name =
            "UPDATE identities SET external_id = seen.connection_id || '/' || external_id FROM ("
            + "SELECT m.person_id AS person_id, l.channel_type AS channel_type, min(l.id) AS connection_id FROM connections l "
            + "JOIN conversations c ON c.connection_id = l.id JOIN messages m ON m.conversation_id = c.id "
            + "WHERE l.channel_type IN ('webhook', 'irc', 'mqtt') AND m.person_id IS NOT NULL "
            + "GROUP BY m.person_id, l.channel_type HAVING count(DISTINCT l.id) = 1) seen "
            + "WHERE seen.person_id = identities.person_id AND seen.channel_type = identities.channel_type";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Name);

        /// <inheritdoc />
        /// <remarks>Nothing: what is not found is met anew.</remarks>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
