using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Assistant.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SearchListsByPerson : Migration
    {
        // The lists have other keys now. A projection may be emptied: it is rebuilt from the start.
        private const string Empty = "DELETE FROM search_postings; DELETE FROM search_entries; DELETE FROM projections WHERE name = 'search'";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Empty);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Empty);
    }
}
