using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <summary>Chats and threads have longer ids at some messengers. SQLite knows no width of a text, so the tables stay as they are.</summary>
    public partial class LongerChatIds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
