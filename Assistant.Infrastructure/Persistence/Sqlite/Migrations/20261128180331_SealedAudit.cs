using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class SealedAudit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_key",
                table: "audit_heads",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "body",
                table: "audit_events",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_filters",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    user_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    sealed_filter = table.Column<byte[]>(type: "BLOB", nullable: false),
                    saved_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_filters", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_filters_tenant_id_user_id_name",
                table: "audit_filters",
                columns: new[] { "tenant_id", "user_id", "name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_filters");

            migrationBuilder.DropColumn(
                name: "sealed_key",
                table: "audit_heads");

            migrationBuilder.DropColumn(
                name: "body",
                table: "audit_events");
        }
    }
}
