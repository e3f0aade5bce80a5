using Assistant.Domain.Audit;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Tenancy;

/// <summary>What a tenant or a connection is called to people.</summary>
public static class ShownName
{
    /// <summary>In UTF-16 units; a database counts no more of them.</summary>
    public const int MaxLength = 200;

    /// <summary>Whether every database takes it, and people see all of it.</summary>
    public static bool IsFit(string name) => name.Length <= MaxLength && AuditText.IsStorable(name) && Legible.Is(name);
}
