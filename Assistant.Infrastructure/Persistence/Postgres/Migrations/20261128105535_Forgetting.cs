using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Forgetting : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "erasure_id",
                table: "people",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "erasure_id",
                table: "conversations",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<string>(type: "character varying(63)", nullable: false),
                    kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    actor_kind = table.Column<string>(type: "text", nullable: false),
                    actor_id = table.Column<string>(type: "text", nullable: false),
                    actor_name = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    counts = table.Column<string>(type: "text", nullable: false),
                    keys_destroyed = table.Column<int>(type: "integer", nullable: false),
                    kept_events = table.Column<long>(type: "bigint", nullable: false),
                    begun_at = table.Column<long>(type: "bigint", nullable: false),
                    begun_seq = table.Column<long>(type: "bigint", nullable: false),
                    erased_at = table.Column<long>(type: "bigint", nullable: true),
                    erased_seq = table.Column<long>(type: "bigint", nullable: false),
                    certificate = table.Column<string>(type: "text", nullable: true),
                    step = table.Column<int>(type: "integer", nullable: false),
                    cursor = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.id);
                    table.ForeignKey(
                        name: "FK_erasures_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_erasures_begun_at",
                table: "erasures",
                column: "begun_at",
                filter: "state <> 'Certified'");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_tenant_id_id",
                table: "erasures",
                columns: new[] { "tenant_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erasures");

            migrationBuilder.DropColumn(
                name: "erasure_id",
                table: "people");

            migrationBuilder.DropColumn(
                name: "erasure_id",
                table: "conversations");
        }
    }
}
