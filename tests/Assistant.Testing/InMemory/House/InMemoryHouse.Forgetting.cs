using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private readonly HashSet<(TenantId, PersonId)> _forgotten = [];

    public Task<byte[]> SealAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
        => throw new NotSupportedException("This house keeps nothing sealed; InMemoryPersonSealer does.");

    public Task<byte[]?> OpenAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
        => throw new NotSupportedException("This house keeps nothing sealed; InMemoryPersonSealer does.");

    public Task<bool> DestroyPersonKeyAsync(TenantId tenant, PersonId person, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (!_forgotten.Add((tenant, person)))
            {
                return false;
            }

            foreach (var room in _rooms.Where(r => r.Conversation.Tenant == tenant))
            {
                room.Forget(person);
            }

            _facts.RemoveAll(f => f.Tenant == tenant && f.Person == person);
            Append(audit);
            return true;
        });

    private bool IsForgotten(TenantId tenant, PersonId person) => _forgotten.Contains((tenant, person));

    private sealed partial class Room
    {
        public void Forget(PersonId person)
        {
            foreach (var message in Messages.Where(m => m.Person == person && m.DeletedAt is null).ToList())
            {
                Change(message.Seq, m => m with { Body = MessageBody.Forgotten, Attachments = [] });
                foreach (var row in Outbox.Where(r => r.Entry.MessageSeq == message.Seq))
                {
                    row.Entry = row.Entry with { Body = MessageBody.Forgotten };
                }
            }
        }
    }
}
