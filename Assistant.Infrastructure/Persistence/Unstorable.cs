using Assistant.Domain.Audit;

namespace Assistant.Infrastructure.Persistence;

/// <summary>What no text in a database can be.</summary>
internal static class Unstorable
{
    /// <summary>PostgreSQL keeps no NUL in a text and refuses a statement that asks for one, where SQLite finds nothing: then nothing has to be asked.</summary>
    public static bool Includes(string? text) => text is not null && !AuditText.IsStorable(text);
}
