using Assistant.Domain.Audit;

namespace Assistant.Domain.Tenancy;

/// <summary>What a tenant or a connection is called to people.</summary>
public static class ShownName
{
    /// <summary>In UTF-16 units; a database counts no more of them.</summary>
    public const int MaxLength = 200;

    /// <summary>Whether every database takes it.</summary>
    public static bool IsStorable(string name) => name.Length <= MaxLength && AuditText.IsStorable(name);
}
