-- What the migrations make of a new file. Made by SqliteSchemaTests: ASSISTANT_WRITE_DOCS=1 writes it anew.

CREATE TABLE "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL CONSTRAINT "PK_api_keys" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "hash" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    "last_used_at" INTEGER NULL,
    "revoked_at" INTEGER NULL
);
CREATE TABLE "attachment_chunks" (
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "chunk" INTEGER NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "body" BLOB NOT NULL,
    CONSTRAINT "PK_attachment_chunks" PRIMARY KEY ("conversation_id", "seq", "number", "chunk"),
    CONSTRAINT "FK_attachment_chunks_attachments_conversation_id_seq_number" FOREIGN KEY ("conversation_id", "seq", "number") REFERENCES "attachments" ("conversation_id", "seq", "number") ON DELETE CASCADE
);
CREATE TABLE "attachments" (
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "media_type" TEXT NULL,
    "size_bytes" INTEGER NULL,
    "chunk_count" INTEGER NOT NULL,
    "reason" TEXT NULL,
    "attempts" INTEGER NOT NULL,
    "due_at" INTEGER NOT NULL,
    CONSTRAINT "PK_attachments" PRIMARY KEY ("conversation_id", "seq", "number"),
    CONSTRAINT "FK_attachments_messages_conversation_id_seq" FOREIGN KEY ("conversation_id", "seq") REFERENCES "messages" ("conversation_id", "seq") ON DELETE CASCADE
);
CREATE TABLE "audit_checkpoints" (
    "tenant_id" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    "at" INTEGER NOT NULL,
    CONSTRAINT "PK_audit_checkpoints" PRIMARY KEY ("tenant_id", "size")
);
CREATE TABLE "audit_events" (tenant_id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, actor_name TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, origin TEXT NOT NULL, details TEXT NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL, "body" BLOB NULL, CONSTRAINT PK_audit_events PRIMARY KEY (tenant_id, seq)) WITHOUT ROWID
;
CREATE TABLE "audit_filters" (
    "id" TEXT NOT NULL CONSTRAINT "PK_audit_filters" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed_filter" BLOB NOT NULL,
    "saved_at" INTEGER NOT NULL
);
CREATE TABLE "audit_heads" (
    "tenant_id" TEXT NOT NULL CONSTRAINT "PK_audit_heads" PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "hash" BLOB NOT NULL
, "sealed_key" BLOB NULL);
CREATE TABLE "audit_keys" (
    "tenant_id" TEXT NOT NULL CONSTRAINT "PK_audit_keys" PRIMARY KEY,
    "origin" TEXT NOT NULL,
    "public_key" BLOB NOT NULL,
    "sealed_seed" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL
);
CREATE TABLE "audit_tiles" (
    "tenant_id" TEXT NOT NULL,
    "tile_level" INTEGER NOT NULL,
    "tile_index" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,
    CONSTRAINT "PK_audit_tiles" PRIMARY KEY ("tenant_id", "tile_level", "tile_index")
);
CREATE TABLE "audit_trees" (
    "tenant_id" TEXT NOT NULL CONSTRAINT "PK_audit_trees" PRIMARY KEY,
    "size" INTEGER NOT NULL
);
CREATE TABLE "audit_witness_positions" (
    "tenant_id" TEXT NOT NULL,
    "witness" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "at" INTEGER NOT NULL,
    CONSTRAINT "PK_audit_witness_positions" PRIMARY KEY ("tenant_id", "witness")
);
CREATE TABLE "chat_identities" (
    "connection_id" TEXT NOT NULL CONSTRAINT "PK_chat_identities" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "sealed_private_key" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    CONSTRAINT "FK_chat_identities_connections_connection_id" FOREIGN KEY ("connection_id") REFERENCES "connections" ("id") ON DELETE CASCADE
);
CREATE TABLE "connections" (
    "id" TEXT NOT NULL CONSTRAINT "PK_connections" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "channel_type" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "access" TEXT NOT NULL,
    "is_enabled" INTEGER NOT NULL,
    "is_provisioned" INTEGER NOT NULL,
    "sealed_settings" BLOB NOT NULL,
    "cursor" TEXT NULL,
    "created_at" INTEGER NOT NULL,
    "updated_at" INTEGER NOT NULL,
    CONSTRAINT "FK_connections_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "conversations" (
    "id" TEXT NOT NULL CONSTRAINT "PK_conversations" PRIMARY KEY,
    "chat_id" TEXT NOT NULL,
    "chat_title" TEXT NULL,
    "connection_id" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "is_group" INTEGER NOT NULL,
    "last_at" INTEGER NOT NULL,
    "last_seq" INTEGER NOT NULL,
    "operator_id" TEXT NULL,
    "operator_name" TEXT NULL,
    "person_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "thread_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "waiting_since" INTEGER NULL, "erasure_id" TEXT NULL, "continued_at" INTEGER NULL, "continued_from_id" TEXT NULL, "continued_from_seq" INTEGER NULL, "preferred_at" INTEGER NULL,
    CONSTRAINT "FK_conversations_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE RESTRICT
);
CREATE TABLE "data_keys" (
    "tenant_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "wrapped" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    CONSTRAINT "PK_data_keys" PRIMARY KEY ("tenant_id", "number")
);
CREATE TABLE "engines" (
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "sealed_settings" BLOB NOT NULL,
    "is_default" INTEGER NOT NULL,
    "rank" INTEGER NOT NULL,
    "is_provisioned" INTEGER NOT NULL,
    "updated_at" INTEGER NOT NULL,
    CONSTRAINT "PK_engines" PRIMARY KEY ("tenant_id", "name"),
    CONSTRAINT "FK_engines_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "erasures" (
    "id" TEXT NOT NULL CONSTRAINT "PK_erasures" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "counts" TEXT NOT NULL,
    "keys_destroyed" INTEGER NOT NULL,
    "kept_events" INTEGER NOT NULL,
    "begun_at" INTEGER NOT NULL,
    "begun_seq" INTEGER NOT NULL,
    "erased_at" INTEGER NULL,
    "erased_seq" INTEGER NOT NULL,
    "certificate" TEXT NULL,
    "step" INTEGER NOT NULL,
    "cursor" INTEGER NOT NULL,
    CONSTRAINT "FK_erasures_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "external_logins" (
    "id" TEXT NOT NULL CONSTRAINT "PK_external_logins" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "last_used_at" INTEGER NULL,
    CONSTRAINT "FK_external_logins_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "facts" (
    "id" TEXT NOT NULL CONSTRAINT "PK_facts" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "stated_at" INTEGER NOT NULL,
    "source_conversation_id" TEXT NOT NULL,
    "source_seq" INTEGER NOT NULL,
    "position" INTEGER NOT NULL, "body" BLOB NULL,
    CONSTRAINT "FK_facts_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "idempotency" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "claimed_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "status" INTEGER NULL,
    "content_type" TEXT NULL,
    "sealed_body" BLOB NULL,
    CONSTRAINT "PK_idempotency" PRIMARY KEY ("tenant_id", "id"),
    CONSTRAINT "FK_idempotency_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "identities" (
    "id" TEXT NOT NULL CONSTRAINT "PK_identities" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "channel_type" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    CONSTRAINT "FK_identities_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "inbox" (id TEXT NOT NULL CONSTRAINT PK_inbox PRIMARY KEY, tenant_id TEXT NOT NULL, connection_id TEXT NOT NULL, dedupe_key TEXT NOT NULL, conversation_id TEXT NOT NULL, message_seq INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NULL, is_addressed INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, error TEXT NULL, received_at INTEGER NOT NULL, done_at INTEGER NULL, "pressed" BLOB NULL, CONSTRAINT FK_inbox_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE) WITHOUT ROWID
;
CREATE TABLE "installation_key" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_installation_key" PRIMARY KEY,
    "wrapped" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    "wrapped_at" INTEGER NOT NULL
);
CREATE TABLE "invitations" (
    "id" TEXT NOT NULL CONSTRAINT "PK_invitations" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "by_kind" TEXT NOT NULL,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "used_at" INTEGER NULL,
    "revoked_at" INTEGER NULL
, "person_id" TEXT NULL);
CREATE TABLE "known_devices" (
    "user_id" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "browser" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "first_seen_at" INTEGER NOT NULL,
    "last_seen_at" INTEGER NOT NULL,
    "told_at" INTEGER NULL,
    CONSTRAINT "PK_known_devices" PRIMARY KEY ("user_id", "device_id"),
    CONSTRAINT "FK_known_devices_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "link_codes" (
    "id" TEXT NOT NULL CONSTRAINT "PK_link_codes" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "used_by" TEXT NULL,
    CONSTRAINT "FK_link_codes_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "memberships" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    CONSTRAINT "PK_memberships" PRIMARY KEY ("tenant_id", "user_id"),
    CONSTRAINT "FK_memberships_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "messages" (conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, tenant_id TEXT NOT NULL, author TEXT NOT NULL, author_name TEXT NOT NULL, text TEXT NOT NULL, buttons TEXT NULL, attachments TEXT NULL, is_note INTEGER NOT NULL, at INTEGER NOT NULL, delivery TEXT NOT NULL, external_id TEXT NULL, edited_at INTEGER NULL, deleted_at INTEGER NULL, turn_id TEXT NULL, position INTEGER NOT NULL, "body" BLOB NULL, "person_id" TEXT NULL, CONSTRAINT PK_messages PRIMARY KEY (conversation_id, seq), CONSTRAINT FK_messages_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE) WITHOUT ROWID
;
CREATE TABLE "outbox" (id TEXT NOT NULL CONSTRAINT PK_outbox PRIMARY KEY, tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL, connection_id TEXT NOT NULL, message_seq INTEGER NOT NULL, part INTEGER NOT NULL, is_last_part INTEGER NOT NULL, text TEXT NOT NULL, buttons TEXT NULL, reply_to TEXT NULL, by_assistant INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, may_repeat INTEGER NOT NULL, due_at INTEGER NOT NULL, external_id TEXT NULL, error TEXT NULL, created_at INTEGER NOT NULL, ended_at INTEGER NULL, "body" BLOB NULL, "person_id" TEXT NULL, CONSTRAINT FK_outbox_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE) WITHOUT ROWID
;
CREATE TABLE "pairing_requests" (
    "id" TEXT NOT NULL CONSTRAINT "PK_pairing_requests" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "requested_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "decision" TEXT NOT NULL,
    CONSTRAINT "FK_pairing_requests_connections_connection_id" FOREIGN KEY ("connection_id") REFERENCES "connections" ("id") ON DELETE CASCADE,
    CONSTRAINT "FK_pairing_requests_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "passkey_ceremonies" (
    "id" TEXT NOT NULL CONSTRAINT "PK_passkey_ceremonies" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NULL,
    "purpose" TEXT NOT NULL,
    "payload_hash" BLOB NULL,
    "state" TEXT NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "claimed_at" INTEGER NULL
);
CREATE TABLE "passkeys" (
    "id" TEXT NOT NULL CONSTRAINT "PK_passkeys" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "credential_id" BLOB NOT NULL,
    "public_key" BLOB NOT NULL,
    "sign_count" INTEGER NOT NULL,
    "transports" TEXT NOT NULL,
    "aaguid" TEXT NOT NULL,
    "is_backup_eligible" INTEGER NOT NULL,
    "is_backed_up" INTEGER NOT NULL,
    "created_at" INTEGER NOT NULL,
    "last_used_at" INTEGER NULL,
    CONSTRAINT "FK_passkeys_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "people" (
    "id" TEXT NOT NULL CONSTRAINT "PK_people" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "locale" TEXT NULL,
    "created_at" INTEGER NOT NULL, "erasure_id" TEXT NULL,
    CONSTRAINT "FK_people_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "person_accounts" (
    "person_id" TEXT NOT NULL CONSTRAINT "PK_person_accounts" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "linked_at" INTEGER NOT NULL,
    CONSTRAINT "FK_person_accounts_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE,
    CONSTRAINT "FK_person_accounts_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "person_acts" (
    "id" TEXT NOT NULL CONSTRAINT "PK_person_acts" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "digest" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "used_at" INTEGER NULL,
    CONSTRAINT "FK_person_acts_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "person_keys" (
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "wrapped" BLOB NULL,
    "created_at" INTEGER NOT NULL,
    "destroyed_at" INTEGER NULL,
    CONSTRAINT "PK_person_keys" PRIMARY KEY ("tenant_id", "person_id"),
    CONSTRAINT "FK_person_keys_tenants_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE RESTRICT
);
CREATE TABLE "person_link_codes" (
    "id" TEXT NOT NULL CONSTRAINT "PK_person_link_codes" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "used_by" TEXT NULL,
    CONSTRAINT "FK_person_link_codes_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "person_links" (
    "id" TEXT NOT NULL CONSTRAINT "PK_person_links" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "first_id" TEXT NOT NULL,
    "second_id" TEXT NOT NULL,
    "is_by_operator" INTEGER NOT NULL,
    "linked_at" INTEGER NOT NULL,
    CONSTRAINT "FK_person_links_people_first_id" FOREIGN KEY ("first_id") REFERENCES "people" ("id") ON DELETE CASCADE,
    CONSTRAINT "FK_person_links_people_second_id" FOREIGN KEY ("second_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "projections" (
    "name" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    CONSTRAINT "PK_projections" PRIMARY KEY ("name", "tenant_id")
);
CREATE TABLE "reactions" (
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "body" BLOB NOT NULL,
    CONSTRAINT "PK_reactions" PRIMARY KEY ("conversation_id", "seq", "person_id", "external_id"),
    CONSTRAINT "FK_reactions_messages_conversation_id_seq" FOREIGN KEY ("conversation_id", "seq") REFERENCES "messages" ("conversation_id", "seq") ON DELETE CASCADE
);
CREATE TABLE "read_marks" (
    "conversation_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    CONSTRAINT "PK_read_marks" PRIMARY KEY ("conversation_id", "user_id"),
    CONSTRAINT "FK_read_marks_conversations_conversation_id" FOREIGN KEY ("conversation_id") REFERENCES "conversations" ("id") ON DELETE CASCADE
);
CREATE TABLE "roles" (
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "permissions" TEXT NOT NULL,
    "changed_at" INTEGER NOT NULL,
    CONSTRAINT "PK_roles" PRIMARY KEY ("tenant_id", "name")
);
CREATE TABLE "search_entries" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_search_entries" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "fact_id" TEXT NULL
);
CREATE TABLE search_postings (key INTEGER NOT NULL, entry_id INTEGER NOT NULL, CONSTRAINT PK_search_postings PRIMARY KEY (key, entry_id)) WITHOUT ROWID
;
CREATE TABLE "standings" (
    "connection_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "standing" TEXT NOT NULL,
    CONSTRAINT "PK_standings" PRIMARY KEY ("connection_id", "person_id"),
    CONSTRAINT "FK_standings_connections_connection_id" FOREIGN KEY ("connection_id") REFERENCES "connections" ("id") ON DELETE CASCADE,
    CONSTRAINT "FK_standings_people_person_id" FOREIGN KEY ("person_id") REFERENCES "people" ("id") ON DELETE CASCADE
);
CREATE TABLE "step_ups" (
    "id" TEXT NOT NULL CONSTRAINT "PK_step_ups" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "shown" TEXT NOT NULL,
    "hash" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "proven_by" TEXT NULL,
    "proven_at" INTEGER NULL
);
CREATE TABLE "tenants" (
    "id" TEXT NOT NULL CONSTRAINT "PK_tenants" PRIMARY KEY,
    "display_name" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL
, "indexing" TEXT NOT NULL DEFAULT 'Everything');
CREATE TABLE "turns" (id TEXT NOT NULL, tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL, message_seq INTEGER NOT NULL, result TEXT NOT NULL, engine TEXT NULL, model TEXT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost TEXT NULL, error TEXT NULL, started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, CONSTRAINT PK_turns PRIMARY KEY (conversation_id, message_seq), CONSTRAINT FK_turns_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE) WITHOUT ROWID
;
CREATE TABLE "user_sessions" (
    "id" TEXT NOT NULL CONSTRAINT "PK_user_sessions" PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "seen_at" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "browser" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "ended_at" INTEGER NULL,
    "end_reason" TEXT NULL, "provider" TEXT NULL,
    CONSTRAINT "FK_user_sessions_users_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "users" (
    "id" TEXT NOT NULL CONSTRAINT "PK_users" PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "email" TEXT NOT NULL,
    "failed_attempts" INTEGER NOT NULL,
    "last_sign_in_at" INTEGER NULL,
    "last_totp_step" INTEGER NOT NULL,
    "locked_until" INTEGER NULL,
    "normalized_email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "recovery_codes" BLOB NOT NULL DEFAULT X'',
    "security_stamp" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "totp_secret" BLOB NULL
);
CREATE UNIQUE INDEX "IX_api_keys_hash" ON "api_keys" ("hash");
CREATE INDEX "IX_api_keys_tenant_id" ON "api_keys" ("tenant_id");
CREATE INDEX "IX_attachments_due_at" ON "attachments" ("due_at") WHERE state = 'Waiting';
CREATE INDEX "IX_attachments_tenant_id_person_id" ON "attachments" ("tenant_id", "person_id");
CREATE UNIQUE INDEX "IX_audit_filters_tenant_id_user_id_name" ON "audit_filters" ("tenant_id", "user_id", "name");
CREATE INDEX "IX_connections_tenant_id" ON "connections" ("tenant_id");
CREATE UNIQUE INDEX "IX_conversations_connection_id_chat_id_thread_id" ON "conversations" ("connection_id", "chat_id", "thread_id");
CREATE INDEX "IX_conversations_person_id_tenant_id" ON "conversations" ("person_id", "tenant_id");
CREATE INDEX "IX_conversations_tenant_id_last_at_id" ON "conversations" ("tenant_id", "last_at", "id");
CREATE INDEX "IX_erasures_begun_at" ON "erasures" ("begun_at") WHERE state <> 'Certified';
CREATE INDEX "IX_erasures_tenant_id_id" ON "erasures" ("tenant_id", "id");
CREATE UNIQUE INDEX "IX_external_logins_issuer_subject" ON "external_logins" ("issuer", "subject");
CREATE INDEX "IX_external_logins_user_id" ON "external_logins" ("user_id");
CREATE INDEX "IX_facts_person_id" ON "facts" ("person_id");
CREATE INDEX "IX_facts_tenant_id_person_id_stated_at" ON "facts" ("tenant_id", "person_id", "stated_at");
CREATE INDEX "IX_facts_tenant_id_position" ON "facts" ("tenant_id", "position");
CREATE INDEX "IX_idempotency_expires_at" ON "idempotency" ("expires_at");
CREATE INDEX "IX_identities_person_id_tenant_id" ON "identities" ("person_id", "tenant_id");
CREATE UNIQUE INDEX "IX_identities_tenant_id_channel_type_external_id" ON "identities" ("tenant_id", "channel_type", "external_id");
CREATE UNIQUE INDEX IX_inbox_connection_id_dedupe_key ON inbox (connection_id, dedupe_key);
CREATE INDEX IX_inbox_conversation_id_message_seq ON inbox (conversation_id, message_seq) WHERE state = 'Pending';
CREATE INDEX IX_inbox_tenant_id_done_at ON inbox (tenant_id, done_at) WHERE state = 'Dead';
CREATE INDEX "IX_invitations_tenant_id_expires_at" ON "invitations" ("tenant_id", "expires_at");
CREATE INDEX "IX_link_codes_tenant_id_user_id" ON "link_codes" ("tenant_id", "user_id");
CREATE INDEX "IX_link_codes_user_id" ON "link_codes" ("user_id");
CREATE INDEX "IX_memberships_user_id" ON "memberships" ("user_id");
CREATE UNIQUE INDEX IX_messages_conversation_id_external_id ON messages (conversation_id, external_id) WHERE external_id IS NOT NULL
;
CREATE INDEX IX_messages_tenant_id_position ON messages (tenant_id, position)
;
CREATE INDEX "IX_outbox_conversation_id_external_id" ON "outbox" ("conversation_id", "external_id") WHERE external_id IS NOT NULL AND NOT is_last_part;
CREATE UNIQUE INDEX IX_outbox_conversation_id_message_seq_part ON outbox (conversation_id, message_seq, part);
CREATE INDEX IX_outbox_due_at ON outbox (due_at) WHERE state = 'Pending';
CREATE INDEX IX_outbox_tenant_id_ended_at ON outbox (tenant_id, ended_at) WHERE state = 'Dead';
CREATE UNIQUE INDEX "IX_pairing_requests_connection_id_person_id" ON "pairing_requests" ("connection_id", "person_id") WHERE decision = 'Pending';
CREATE INDEX "IX_pairing_requests_person_id" ON "pairing_requests" ("person_id");
CREATE INDEX "IX_passkey_ceremonies_expires_at" ON "passkey_ceremonies" ("expires_at");
CREATE UNIQUE INDEX "IX_passkeys_credential_id" ON "passkeys" ("credential_id");
CREATE INDEX "IX_passkeys_user_id" ON "passkeys" ("user_id");
CREATE INDEX "IX_people_tenant_id_id" ON "people" ("tenant_id", "id");
CREATE UNIQUE INDEX "IX_person_accounts_user_id_tenant_id" ON "person_accounts" ("user_id", "tenant_id");
CREATE INDEX "IX_person_acts_person_id" ON "person_acts" ("person_id");
CREATE INDEX "IX_person_acts_tenant_id_person_id" ON "person_acts" ("tenant_id", "person_id");
CREATE INDEX "IX_person_link_codes_person_id" ON "person_link_codes" ("person_id");
CREATE INDEX "IX_person_link_codes_tenant_id_person_id" ON "person_link_codes" ("tenant_id", "person_id");
CREATE UNIQUE INDEX "IX_person_links_first_id_second_id" ON "person_links" ("first_id", "second_id");
CREATE INDEX "IX_person_links_second_id" ON "person_links" ("second_id");
CREATE INDEX "IX_reactions_tenant_id_person_id" ON "reactions" ("tenant_id", "person_id");
CREATE INDEX "IX_standings_person_id" ON "standings" ("person_id");
CREATE INDEX "IX_step_ups_tenant_id_expires_at" ON "step_ups" ("tenant_id", "expires_at");
CREATE INDEX "IX_user_sessions_ended_at" ON "user_sessions" ("ended_at");
CREATE INDEX "IX_user_sessions_user_id_ended_at" ON "user_sessions" ("user_id", "ended_at");
CREATE UNIQUE INDEX "IX_users_normalized_email" ON "users" ("normalized_email");
CREATE INDEX "IX_users_tenant_id" ON "users" ("tenant_id");
CREATE INDEX "held_conversations" ON "conversations" ("tenant_id", "operator_id", "last_at", "id") WHERE operator_id IS NOT NULL;
CREATE UNIQUE INDEX "one_default_engine_per_tenant" ON "engines" ("tenant_id") WHERE is_default;
CREATE INDEX open_outbox_by_conversation ON outbox (conversation_id, message_seq, part) WHERE state IN ('Pending','Sending');
CREATE INDEX "waiting_conversations" ON "conversations" ("tenant_id", "last_at", "id") WHERE waiting_since IS NOT NULL;
INSERT INTO "__EFMigrationsHistory" VALUES ('20261123052732_Initial', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261123070116_NarrowSearch', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261123083434_DropPreview', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261125094255_CompactHotRows', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261125130945_StepUps', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261125131030_Passkeys', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128072500_SearchListsByPerson', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128072543_ChatIdentities', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128073052_Memberships', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128075258_KeyHierarchy', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128081208_AuditTree', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128105250_SealedBodies', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128105531_Forgetting', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128114312_UserSessions', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128142804_ExternalSignIns', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128144750_PersonAccounts', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128145623_Attachments', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261128180331_SealedAudit', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261129022004_PersonLinks', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261129100939_MessageReactions', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261129102419_ContinuedConversations', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261129203406_SentRowsGo', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261130063500_IdentitiesWithinConnections', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261130103937_LongerChatIds', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261201034230_FewOfMany', '10.0.14');
