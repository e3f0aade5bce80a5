using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <summary>
    /// Keeps the rows every answer writes in one tree each instead of two or three: a turn is known by the utterance it answers, and a
    /// message not shown yet needs no entry in the index of shown ones.
    /// </summary>
    /// <remarks>EF knows nothing of WITHOUT ROWID: a later migration that rebuilds one of these tables has to say it again.</remarks>
    public partial class CompactHotRows : Migration
    {
        private static readonly Table Inbox = new(
            "inbox",
            "id TEXT NOT NULL CONSTRAINT PK_inbox PRIMARY KEY, tenant_id TEXT NOT NULL, connection_id TEXT NOT NULL, dedupe_key TEXT NOT NULL, "
            + "conversation_id TEXT NOT NULL, message_seq INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NULL, is_addressed INTEGER NOT NULL, "
            + "state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, error TEXT NULL, received_at INTEGER NOT NULL, done_at INTEGER NULL, "
            + "CONSTRAINT FK_inbox_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE",
            "CREATE UNIQUE INDEX IX_inbox_connection_id_dedupe_key ON inbox (connection_id, dedupe_key); "
            + "CREATE INDEX IX_inbox_conversation_id_message_seq ON inbox (conversation_id, message_seq) WHERE state = 'Pending'; "
            + "CREATE INDEX IX_inbox_tenant_id_done_at ON inbox (tenant_id, done_at) WHERE state = 'Dead';");

        private static readonly Table Outbox = new(
            "outbox",
            "id TEXT NOT NULL CONSTRAINT PK_outbox PRIMARY KEY, tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL, connection_id TEXT NOT NULL, "
            + "message_seq INTEGER NOT NULL, part INTEGER NOT NULL, is_last_part INTEGER NOT NULL, text TEXT NOT NULL, buttons TEXT NULL, "
            + "reply_to TEXT NULL, by_assistant INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, may_repeat INTEGER NOT NULL, "
            + "due_at INTEGER NOT NULL, external_id TEXT NULL, error TEXT NULL, created_at INTEGER NOT NULL, ended_at INTEGER NULL, "
            + "CONSTRAINT FK_outbox_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE",
            "CREATE UNIQUE INDEX IX_outbox_conversation_id_message_seq_part ON outbox (conversation_id, message_seq, part); "
            + "CREATE INDEX IX_outbox_due_at ON outbox (due_at) WHERE state = 'Pending'; "
            + "CREATE INDEX IX_outbox_tenant_id_ended_at ON outbox (tenant_id, ended_at) WHERE state = 'Dead'; "
            + "CREATE INDEX open_outbox_by_conversation ON outbox (conversation_id, message_seq, part) WHERE state IN ('Pending','Sending');");

        private static readonly Table AuditEvents = new(
            "audit_events",
            "tenant_id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, "
            + "actor_name TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, origin TEXT NOT NULL, details TEXT NOT NULL, "
            + "previous_hash BLOB NOT NULL, hash BLOB NOT NULL, CONSTRAINT PK_audit_events PRIMARY KEY (tenant_id, seq)",
            "");

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            foreach (var table in (Table[])[Inbox, Outbox, AuditEvents, Turns("CONSTRAINT PK_turns PRIMARY KEY (conversation_id, message_seq)", "")])
            {
                table.Rebuild(migrationBuilder, " WITHOUT ROWID");
            }

            IndexShownMessages(migrationBuilder, " WHERE external_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            var turns = Turns(
                "CONSTRAINT PK_turns PRIMARY KEY (id)", "CREATE INDEX IX_turns_conversation_id_message_seq ON turns (conversation_id, message_seq);");
            foreach (var table in (Table[])[Inbox, Outbox, AuditEvents, turns])
            {
                table.Rebuild(migrationBuilder, "");
            }

            migrationBuilder.Sql("CREATE INDEX IX_inbox_due_at ON inbox (due_at) WHERE state = 'Pending'");
            IndexShownMessages(migrationBuilder, "");
        }

        private static Table Turns(string key, string indexes) => new(
            "turns",
            "id TEXT NOT NULL, tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL, message_seq INTEGER NOT NULL, result TEXT NOT NULL, "
            + "engine TEXT NULL, model TEXT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost TEXT NULL, error TEXT NULL, "
            + "started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, " + key + ", "
            + "CONSTRAINT FK_turns_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE",
            indexes);

        private static void IndexShownMessages(MigrationBuilder migrationBuilder, string filter) => migrationBuilder.Sql(
            "DROP INDEX IX_messages_conversation_id_external_id; "
            + "CREATE UNIQUE INDEX IX_messages_conversation_id_external_id ON messages (conversation_id, external_id)" + filter);

        /// <summary>A table that nothing refers to, rebuilt in place with all its rows.</summary>
        private sealed record Table(string Name, string Definition, string Indexes)
        {
            public void Rebuild(MigrationBuilder migrationBuilder, string organisation)
            {
                // The columns stand in the order the first migration gave them. No writer makes a second turn of an utterance; if one
                // ever did, the later stands.
                migrationBuilder.Sql($"CREATE TABLE {Name}_rebuilt ({Definition}){organisation}");
                migrationBuilder.Sql($"INSERT OR REPLACE INTO {Name}_rebuilt SELECT * FROM {Name} ORDER BY 1, 2");
                migrationBuilder.Sql($"DROP TABLE {Name}");
                migrationBuilder.Sql($"ALTER TABLE {Name}_rebuilt RENAME TO {Name}");
                if (Indexes.Length > 0)
                {
                    migrationBuilder.Sql(Indexes);
                }
            }
        }
    }
}
