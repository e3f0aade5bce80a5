namespace Assistant.Domain.Messaging;

/// <summary>How long what a messenger names things by may be, in UTF-16 units: what storage has room for, whatever the letters.</summary>
/// <remarks>
/// What is longer is refused at the door: a message that cannot be stored would be delivered again for ever. The columns are defined by the same
/// numbers; where a column has no width of its own, an entry of PostgreSQL's index is the limit (2.7 kB, of which a letter takes up to three bytes).
/// </remarks>
public static class ExternalLimits
{
    /// <summary>Id of a chat, and of a thread in it.</summary>
    public const int Chat = 255;

    /// <summary>Id of a sender.</summary>
    public const int Sender = 500;

    /// <summary>Id of a message.</summary>
    public const int Message = 500;

    /// <summary>What a sender calls themselves. A longer name is cut, not refused.</summary>
    public const int Name = 200;

    /// <summary>What a redelivery is recognised by. A longer key is stored by its hash.</summary>
    public const int DedupeKey = 300;
}
