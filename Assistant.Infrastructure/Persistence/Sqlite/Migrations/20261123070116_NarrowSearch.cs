using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <summary>
    /// Keeps a conversation's messages side by side, so that a turn reads its history from two or three pages, and each posting in one
    /// tree rather than two. Empties the search index, which is then made anew from the messages with one list per person.
    /// </summary>
    /// <remarks>EF knows nothing of WITHOUT ROWID: a later migration that rebuilds one of these tables has to say it again.</remarks>
    public partial class NarrowSearch : Migration
    {
        private const string Columns =
            "conversation_id, seq, id, tenant_id, author, author_name, text, buttons, attachments, is_note, at, delivery, external_id, edited_at, "
            + "deleted_at, turn_id, position";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            Rebuild(migrationBuilder, " WITHOUT ROWID");
            migrationBuilder.Sql("DELETE FROM search_entries; DELETE FROM projections WHERE name = 'search';");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            Rebuild(migrationBuilder, "");
            migrationBuilder.Sql("DELETE FROM search_entries; DELETE FROM projections WHERE name = 'search';");
        }

        private static void Rebuild(MigrationBuilder migrationBuilder, string organisation)
        {
            migrationBuilder.Sql(
                "DROP TABLE search_postings; "
                + "CREATE TABLE search_postings (key INTEGER NOT NULL, entry_id INTEGER NOT NULL, "
                + "CONSTRAINT PK_search_postings PRIMARY KEY (key, entry_id))" + organisation);
            migrationBuilder.Sql(
                "CREATE TABLE messages_rebuilt (conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, tenant_id TEXT NOT NULL, "
                + "author TEXT NOT NULL, author_name TEXT NOT NULL, text TEXT NOT NULL, buttons TEXT NULL, attachments TEXT NULL, "
                + "is_note INTEGER NOT NULL, at INTEGER NOT NULL, delivery TEXT NOT NULL, external_id TEXT NULL, edited_at INTEGER NULL, "
                + "deleted_at INTEGER NULL, turn_id TEXT NULL, position INTEGER NOT NULL, "
                + "CONSTRAINT PK_messages PRIMARY KEY (conversation_id, seq), "
                + "CONSTRAINT FK_messages_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE)"
                + organisation);
            migrationBuilder.Sql("INSERT INTO messages_rebuilt (" + Columns + ") SELECT " + Columns + " FROM messages");
            migrationBuilder.Sql("DROP TABLE messages");
            migrationBuilder.Sql("ALTER TABLE messages_rebuilt RENAME TO messages");
            migrationBuilder.Sql(
                "CREATE UNIQUE INDEX IX_messages_conversation_id_external_id ON messages (conversation_id, external_id); "
                + "CREATE INDEX IX_messages_tenant_id_position ON messages (tenant_id, position)");
        }
    }
}
