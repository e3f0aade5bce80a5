using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>How far a projection of a tenant's log has come.</summary>
internal sealed class ProjectionRow : ITenantRow
{
    public required string Name { get; set; }

    public required string TenantId { get; set; }

    /// <summary>Last audit sequence number projected.</summary>
    public long Position { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ProjectionRow>
    {
        public void Configure(EntityTypeBuilder<ProjectionRow> builder)
        {
            builder.ToTable("projections");
            builder.HasKey(p => new { p.Name, p.TenantId });
            builder.Property(p => p.Name).HasMaxLength(63);
        }
    }
}

/// <summary>A message or fact that can be found. Its text stays where it is: an entry only points.</summary>
internal sealed class SearchEntryRow : ITenantRow
{
    public long Id { get; set; }

    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    public Guid ConversationId { get; set; }

    public long Seq { get; set; }

    /// <summary>The fact, or <see langword="null"/> for the message itself.</summary>
    public Guid? FactId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SearchEntryRow>
    {
        public void Configure(EntityTypeBuilder<SearchEntryRow> builder)
        {
            builder.ToTable("search_entries");
            builder.Property(e => e.Id).ValueGeneratedNever();
        }
    }
}

/// <summary>An entry contains a term. The key is a 64-bit hash of whose index and which term; see <see cref="SearchKey"/>.</summary>
internal sealed class SearchPostingRow
{
    public long Key { get; set; }

    public long EntryId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SearchPostingRow>
    {
        public void Configure(EntityTypeBuilder<SearchPostingRow> builder)
        {
            builder.ToTable("search_postings");
            builder.HasKey(p => new { p.Key, p.EntryId });
        }
    }
}
