using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Attachments;

/// <summary>Which file of which message.</summary>
/// <param name="Seq">The message, by its number in the conversation.</param>
/// <param name="Number">1, 2, 3… in the order in which the message names its files.</param>
public readonly record struct AttachmentId(ConversationId Conversation, long Seq, int Number)
{
    /// <summary>The subject of audit events about it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"conversation/{Conversation.Value}/{Seq}/attachment/{Number}");
}

/// <summary>How far a file got. All but the first are final.</summary>
public enum AttachmentState
{
    /// <summary>Named by a stored message; its bytes are still with the messenger.</summary>
    Waiting,
    /// <summary>Its bytes lie here, sealed.</summary>
    Kept,
    /// <summary>Larger than what is kept.</summary>
    TooLarge,
    /// <summary>Its content is not what its name says, or a picture that cannot be taken apart safely.</summary>
    Refused,
    /// <summary>The messenger did not hand it out.</summary>
    Failed,
}

/// <summary>What became of a file that came with a message.</summary>
/// <param name="MediaType">Told by its content, not by its name; <see langword="null"/> until it is kept.</param>
/// <param name="SizeBytes">As kept; <see langword="null"/> until then.</param>
/// <param name="Reason">Why it is not kept, or why the last attempt failed.</param>
public sealed record AttachmentFile(AttachmentId Id, AttachmentState State, string? MediaType = null, long? SizeBytes = null, Phrase? Reason = null);

/// <summary>A file that waits to be fetched.</summary>
/// <param name="Connection">Whose messenger hands it out.</param>
/// <param name="Attempts">How often that was tried.</param>
public sealed record AttachmentDue(TenantId Tenant, AttachmentId Id, ConnectionId Connection, int Attempts);

/// <summary>The right to fetch a file, until it runs out; a later claim makes it void.</summary>
/// <param name="Person">Whose it is, and sealed for.</param>
/// <param name="Attempt">1 for the first.</param>
public sealed record AttachmentClaim(
    TenantId Tenant, AttachmentId Id, ConnectionId Connection, PersonId Person, Attachment Attachment, int Attempt);
