using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <summary>Who many people and conversations are looked through for: indexes that find the few of them, instead of all of a tenant's.</summary>
    public partial class FewOfMany : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_people_tenant_id_display_name_id",
                table: "people");

            migrationBuilder.DropIndex(
                name: "IX_identities_person_id",
                table: "identities");

            migrationBuilder.DropIndex(
                name: "IX_conversations_person_id",
                table: "conversations");

            migrationBuilder.CreateIndex(
                name: "IX_people_tenant_id_id",
                table: "people",
                columns: new[] { "tenant_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_identities_person_id_tenant_id",
                table: "identities",
                columns: new[] { "person_id", "tenant_id" });

            migrationBuilder.CreateIndex(
                name: "held_conversations",
                table: "conversations",
                columns: new[] { "tenant_id", "operator_id", "last_at", "id" },
                filter: "operator_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_person_id_tenant_id",
                table: "conversations",
                columns: new[] { "person_id", "tenant_id" });

            migrationBuilder.CreateIndex(
                name: "waiting_conversations",
                table: "conversations",
                columns: new[] { "tenant_id", "last_at", "id" },
                filter: "waiting_since IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_people_tenant_id_id",
                table: "people");

            migrationBuilder.DropIndex(
                name: "IX_identities_person_id_tenant_id",
                table: "identities");

            migrationBuilder.DropIndex(
                name: "held_conversations",
                table: "conversations");

            migrationBuilder.DropIndex(
                name: "IX_conversations_person_id_tenant_id",
                table: "conversations");

            migrationBuilder.DropIndex(
                name: "waiting_conversations",
                table: "conversations");

            migrationBuilder.CreateIndex(
                name: "IX_people_tenant_id_display_name_id",
                table: "people",
                columns: new[] { "tenant_id", "display_name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_identities_person_id",
                table: "identities",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_person_id",
                table: "conversations",
                column: "person_id");
        }
    }
}
