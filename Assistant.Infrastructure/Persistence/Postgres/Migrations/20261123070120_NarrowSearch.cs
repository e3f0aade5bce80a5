using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <summary>Empties the search index, which is then made anew from the messages with one list per person.</summary>
    public partial class NarrowSearch : Migration
    {
        private const string Empty = "TRUNCATE search_postings, search_entries; DELETE FROM projections WHERE name = 'search';";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            migrationBuilder.Sql(Empty);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            ArgumentNullException.ThrowIfNull(migrationBuilder);
            migrationBuilder.Sql(Empty);
        }
    }
}
