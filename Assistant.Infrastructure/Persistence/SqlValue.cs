using Assistant.Domain.Audit;

namespace Assistant.Infrastructure.Persistence;

/// <summary>How a <see cref="SqlValue"/> is to be bound.</summary>
internal enum SqlKind : byte { Null, Integer, Boolean, Text, Id, Bytes, Money }

/// <summary>A value bound to a statement's parameter; made implicitly from what the stores keep, without a box around it.</summary>
/// <remarks>Times are milliseconds since 1970 in UTC, members of an enum their names.</remarks>
internal readonly struct SqlValue
{
    private readonly Guid _id;
    private readonly long _number;
    private readonly object? _reference;

    private SqlValue(SqlKind kind, long number = 0, Guid id = default, object? reference = null)
        => (Kind, _number, _id, _reference) = (kind, number, id, reference);

    public static SqlValue Null => default;

    public SqlKind Kind { get; }

    public long Integer => _number;

    public bool Boolean => _number != 0;

    public Guid Id => _id;

    public string Text => (string)_reference!;

    public byte[] Bytes => (byte[])_reference!;

    public decimal Money => (decimal)_reference!;

    // PostgreSQL refuses U+0000 and half a surrogate pair, and people send both.
    public static implicit operator SqlValue(string? text) => text is null ? default : new(SqlKind.Text, reference: AuditText.Storable(text));

    public static implicit operator SqlValue(byte[]? bytes) => bytes is null ? default : new(SqlKind.Bytes, reference: bytes);

    public static implicit operator SqlValue(long number) => new(SqlKind.Integer, number);

    public static implicit operator SqlValue(long? number) => number is { } known ? known : default(SqlValue);

    public static implicit operator SqlValue(bool value) => new(SqlKind.Boolean, value ? 1 : 0);

    public static implicit operator SqlValue(Guid id) => new(SqlKind.Id, id: id);

    public static implicit operator SqlValue(Guid? id) => id is { } known ? known : default(SqlValue);

    public static implicit operator SqlValue(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static implicit operator SqlValue(DateTimeOffset? time) => time is { } known ? known : default(SqlValue);

    public static implicit operator SqlValue(decimal? money) => money is { } known ? new(SqlKind.Money, reference: known) : default;

    public static implicit operator SqlValue(Enum? member) => member?.ToString();
}
