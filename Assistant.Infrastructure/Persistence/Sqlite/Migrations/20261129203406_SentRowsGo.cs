using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <summary>
    /// What was sent leaves the outbox: its message says so and keeps its id. Only the parts before a message's last stay, for reactions to
    /// name them.
    /// </summary>
    public partial class SentRowsGo : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM outbox WHERE state = 'Sent' AND is_last_part");

        /// <inheritdoc />
        /// <remarks>Nothing: an earlier version does not miss them.</remarks>
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
