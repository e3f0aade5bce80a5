using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <summary>A turn is known by the utterance it answers; a message not shown yet needs no entry in the index of shown ones.</summary>
    public partial class CompactHotRows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // No writer makes a second turn of an utterance; if one ever did, the later stands.
            migrationBuilder.Sql(
                "DELETE FROM turns a USING turns b WHERE a.conversation_id = b.conversation_id AND a.message_seq = b.message_seq AND a.id < b.id");
            migrationBuilder.DropPrimaryKey(
                name: "PK_turns",
                table: "turns");

            migrationBuilder.DropIndex(
                name: "IX_turns_conversation_id_message_seq",
                table: "turns");

            migrationBuilder.DropIndex(
                name: "IX_messages_conversation_id_external_id",
                table: "messages");

            migrationBuilder.DropIndex(
                name: "IX_inbox_due_at",
                table: "inbox");

            migrationBuilder.AddPrimaryKey(
                name: "PK_turns",
                table: "turns",
                columns: new[] { "conversation_id", "message_seq" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_conversation_id_external_id",
                table: "messages",
                columns: new[] { "conversation_id", "external_id" },
                unique: true,
                filter: "external_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_turns",
                table: "turns");

            migrationBuilder.DropIndex(
                name: "IX_messages_conversation_id_external_id",
                table: "messages");

            migrationBuilder.AddPrimaryKey(
                name: "PK_turns",
                table: "turns",
                column: "id");

            migrationBuilder.CreateIndex(
                name: "IX_turns_conversation_id_message_seq",
                table: "turns",
                columns: new[] { "conversation_id", "message_seq" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_conversation_id_external_id",
                table: "messages",
                columns: new[] { "conversation_id", "external_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_inbox_due_at",
                table: "inbox",
                column: "due_at",
                filter: "state = 'Pending'");
        }
    }
}
