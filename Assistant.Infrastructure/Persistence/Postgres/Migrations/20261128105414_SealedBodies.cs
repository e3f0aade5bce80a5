using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SealedBodies : Migration
    {
        // The lists have other keys now, which tell nobody their words; the old ones are not to be left in freed pages. It is rebuilt from the start.
        private const string EmptyIndex =
            "TRUNCATE search_postings, search_entries; DELETE FROM projections WHERE name = 'search'";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmptyIndex);

            migrationBuilder.AddColumn<string>(
                name: "indexing",
                table: "tenants",
                type: "character varying(24)",
                maxLength: 24,
                nullable: false,
                defaultValue: "Everything");

            migrationBuilder.AddColumn<byte[]>(
                name: "body",
                table: "outbox",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "person_id",
                table: "outbox",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "body",
                table: "messages",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "person_id",
                table: "messages",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "pressed",
                table: "inbox",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "body",
                table: "facts",
                type: "bytea",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmptyIndex);

            migrationBuilder.DropColumn(
                name: "indexing",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "body",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "person_id",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "body",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "person_id",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "pressed",
                table: "inbox");

            migrationBuilder.DropColumn(
                name: "body",
                table: "facts");
        }
    }
}
