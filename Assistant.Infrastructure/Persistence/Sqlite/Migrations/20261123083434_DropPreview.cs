using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class DropPreview : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "last_author",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "last_text",
                table: "conversations");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "last_author",
                table: "conversations",
                type: "TEXT",
                maxLength: 24,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "last_text",
                table: "conversations",
                type: "TEXT",
                nullable: false,
                defaultValue: "");
        }
    }
}
