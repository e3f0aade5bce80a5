using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.People;

namespace Assistant.Domain.Forgetting;

/// <summary>Id of an erasure; ordered by its begin. Says nothing about whom it was about.</summary>
public readonly record struct ErasureId(Guid Value)
{
    public static ErasureId Create() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>What is to be forgotten.</summary>
public enum ErasureKind { Message, Conversation, Person }

/// <summary>What exactly is to be forgotten.</summary>
/// <param name="Id">Of the person, or of the conversation.</param>
/// <param name="Seq">The message within the conversation; 0 for the other kinds.</param>
public sealed record ErasureScope(ErasureKind Kind, Guid Id, long Seq = 0)
{
    /// <summary>As audit events name it: ids alone, so that it can stay.</summary>
    public string Subject => Kind switch
    {
        ErasureKind.Person => $"person/{Id}",
        ErasureKind.Conversation => $"conversation/{Id}",
        _ => string.Create(CultureInfo.InvariantCulture, $"conversation/{Id}/{Seq}"),
    };

    public static ErasureScope Of(PersonId person) => new(ErasureKind.Person, person.Value);

    public static ErasureScope Of(ConversationId conversation) => new(ErasureKind.Conversation, conversation.Value);

    public static ErasureScope Of(ConversationId conversation, long seq) => new(ErasureKind.Message, conversation.Value, seq);
}
