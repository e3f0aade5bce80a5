using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    public Task<InboxOutcome> StoreAsync(
        Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, CancellationToken cancellationToken)
        => Locked<InboxOutcome>(() =>
        {
            if (!_tenants.ContainsKey(connection.Tenant))
            {
                throw new TenantUnknownException(connection.Tenant);
            }

            message = ByFormerId(message);
            if (message.Content is InboundContent.Reacted reacted)
            {
                return React(connection, message, reacted, admit);
            }

            var person = Meet(connection, message.Sender);
            switch (admit(new SenderStanding(person.Id, StandingOf(connection.Id, person.Id))))
            {
                case Admission.Refuse refused:
                    return new InboxOutcome.NotAdmitted(refused.Reason, person.Id);
                case Admission.Pair pair:
                    return OpenPairing(connection, person, message, pair);
            }

            if (!_dedupe.Add((connection.Id, message.DedupeKey)))
            {
                return new InboxOutcome.Duplicate();
            }

            var room = RoomFor(connection, message.Content is InboundContent.Deleted ? WhereSaid(message) : message.Chat, person.Id);
            var known = room.Messages.Find(m => m.ExternalId == message.ExternalMessageId);
            return message.Content switch
            {
                InboundContent.Said said => known is not null
                    ? AddFiles(room, person.Id, message, known, said.Attachments)
                    : Hear(room, person.Id, message, BodyOf(room, said), said.Attachments, message.ExternalMessageId, AuditActions.MessageReceived),
                InboundContent.Pressed pressed => Hear(room, person.Id, message, new MessageBody(pressed.Label), [], null, AuditActions.MessageReceived),
                InboundContent.Edited edited => Edit(room, person.Id, message, known, new MessageBody(edited.Text) { IsForwarded = edited.IsForwarded }, edited.Attachments),
                _ => TakeBack(room, person.Id, message, known),
            };
        });

    public Task RetryLaterAsync(InboxEntry entry, Phrase reason, DateTimeOffset retryAt, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var waiting = RoomOf(entry.Conversation).Inbox.Single(w => w.Entry.Id == entry.Id);
            waiting.Entry = waiting.Entry with { Attempts = waiting.Entry.Attempts + 1 };
            (waiting.Error, waiting.DueAt) = (reason, retryAt);
            return true;
        });

    public Task DeadLetterAsync(InboxEntry entry, Phrase reason, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var waiting = RoomOf(entry.Conversation).Inbox.Single(w => w.Entry.Id == entry.Id);
            (waiting.IsOpen, waiting.IsDead, waiting.Error, waiting.EndedAt) = (false, true, reason, Now);
            waiting.Entry = waiting.Entry with { Attempts = waiting.Entry.Attempts + 1 };
            Append(new AuditDraft(entry.Tenant, Now, Actor.System, AuditActions.TurnFailed, Subject(entry.Conversation, entry.MessageSeq), "local", AuditDraft.NoDetails));
            return true;
        });

    Task<ConversationId?> IInbox.ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<ConversationId?>(() =>
        {
            var waiting = _rooms.Where(r => r.Conversation.Tenant == tenant).SelectMany(r => r.Inbox).FirstOrDefault(w => w.Entry.Id == entryId && w.IsDead);
            if (waiting is null)
            {
                return null;
            }

            (waiting.IsOpen, waiting.IsDead, waiting.DueAt) = (true, false, Now);
            waiting.Entry = waiting.Entry with { Attempts = 0 };
            Append(audit);
            var room = RoomOf(waiting.Entry.Conversation);
            room.Conversation = room.Conversation with { Status = ConversationStatus.Open };
            return room.Conversation.Id;
        });

    Task<IReadOnlyList<ConversationId>> IInbox.FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<ConversationId>>(() =>
        [
            .. _rooms.SelectMany(r => r.Inbox).Where(w => w.IsOpen && w.DueAt <= now).GroupBy(w => w.Entry.Conversation)
                .OrderBy(g => g.Min(w => w.Entry.ReceivedAt)).Select(g => g.Key).Take(limit),
        ]);

    Task<int> IInbox.EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var early = _rooms.SelectMany(room => room.Inbox).Where(waiting => waiting.IsOpen && waiting.DueAt > now + longest).ToList();
            early.ForEach(waiting => waiting.DueAt = now);
            return early.Count;
        });

    public Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_rooms.Find(r => r.Conversation.Id == conversation) is not { } room || room.Inbox.Find(w => w.IsOpen) is not { } next || next.DueAt > now)
            {
                return null;
            }

            var utterance = room.Messages.Find(m => m.Seq == next.Entry.MessageSeq)!;
            var readable = room.Messages.Where(IsReadable).ToList();
            var history = readable.Where(m => m.Seq < utterance.Seq || m.Author != AuthorKind.Person).TakeLast(historyLimit).ToList();
            var far = utterance.Body.InReplyTo?.Elsewhere
                ?? (utterance.Body.InReplyTo?.Seq is { } seq && !history.Exists(m => m.Seq == seq) ? new FarMessage(conversation, seq) : null);
            var older = far is null ? null
                : _rooms.Find(r => r.Conversation.Id == far.Conversation)?.Messages.Find(m => m.Seq == far.Seq && IsReadable(m) && !m.Body.IsForgotten);
            return new TurnStart(
                room.Conversation, PersonOf(utterance.Person!.Value), next.Entry, utterance, [.. history.Where(m => !m.Body.IsForgotten).Select(Told)])
            {
                Answered = older is null ? null : Told(older),
            };
        });

    private static bool IsReadable(Message message)
        => !message.IsNote && message.DeletedAt is null && message.Delivery is not (DeliveryState.Held or DeliveryState.Dropped);

    private static HistoryMessage Told(Message message) => new(message.Seq, message.Author, message.Body.Markdown, message.Attachments, message.At, message.Delivery)
    {
        Person = message.Author == AuthorKind.Person ? message.Person : null,
        AuthorName = message.AuthorName,
        IsForwarded = message.Body.IsForwarded,
        InReplyTo = message.Body.InReplyTo,
        Buttons = message.Body.Buttons,
    };

    public Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
        => Locked<TurnCommitOutcome>(() =>
        {
            if (_rooms.Find(r => r.Conversation.Id == commit.Conversation.Id) is not { } room || room.Inbox.Find(w => w.Entry.Id == commit.Entry.Id) is not { } waiting)
            {
                return new TurnCommitOutcome.Superseded(); // forgotten meanwhile
            }

            var isLate = room.Conversation.Version != commit.ExpectedVersion;
            var isHeld = isLate && room.IsWithPeople && commit is { Reply: not null, Result: TurnResult.Answered or TurnResult.HeldBack };
            if (!waiting.IsOpen || (!isHeld && (isLate || commit.Result == TurnResult.HeldBack)))
            {
                return new TurnCommitOutcome.Superseded();
            }

            var utterance = room.Messages.Find(m => m.Seq == commit.Entry.MessageSeq)!;
            if (!isHeld && commit.YieldsToEdit && utterance.EditedAt != commit.UtteranceEditedAt)
            {
                return new TurnCommitOutcome.Superseded();
            }

            var person = utterance.Person!.Value;
            if (IsForgotten(room.Conversation.Tenant, person))
            {
                commit = commit with { Result = TurnResult.LeftToPeople, Reply = null, Parts = [], NewFacts = [], AsksForPerson = false };
            }

            waiting.IsOpen = false;
            _facts.AddRange(utterance.EditedAt == commit.UtteranceEditedAt || commit.NewFacts.Count == 0 ? commit.NewFacts : Stated(utterance, StatedFacts.Of(commit, utterance.Body)));
            room.Turns.Add(new PersonTurn(
                commit.Entry.MessageSeq, isHeld ? TurnResult.HeldBack : commit.Result, commit.Usage?.Engine, commit.Usage?.Model,
                commit.Usage?.InputTokens ?? 0, commit.Usage?.OutputTokens ?? 0, Now));
            if (commit.AsksForPerson && !isHeld)
            {
                room.Conversation = room.Conversation with { WaitingSince = room.Conversation.WaitingSince ?? Now };
            }

            var details = new Dictionary<string, string> { ["result"] = (isHeld ? TurnResult.HeldBack : commit.Result).ToString() };
            if (commit.Usage is { IsCut: true })
            {
                details["cut"] = "true";
            }

            Append(new AuditDraft(
                room.Conversation.Tenant, Now, new Actor("assistant", "assistant", "Assistant"), AuditActions.TurnCompleted,
                Subject(room.Conversation.Id, commit.Entry.MessageSeq), room.Conversation.Connection.Value, details));
            if (commit.Reply is null)
            {
                return new TurnCommitOutcome.Committed(null, !room.Inbox.Exists(w => w.IsOpen));
            }

            var reply = room.Add(new Message(
                room.Conversation.Id, room.Conversation.LastSeq + 1, Guid.CreateVersion7(Now), AuthorKind.Assistant, "Assistant", commit.Reply, [], false, Now,
                isHeld ? DeliveryState.Held : DeliveryState.Stored, TurnId: commit.TurnId, Person: person));
            if (!isHeld)
            {
                return new TurnCommitOutcome.Committed(room.Queue(reply, commit.Parts, byAssistant: true, replyTo: commit.ReplyTo), !room.Inbox.Exists(w => w.IsOpen));
            }

            room.Hold(reply, commit.Parts, commit.ReplyTo);
            return new TurnCommitOutcome.HeldBack();
        });

    private InboundMessage ByFormerId(InboundMessage message)
        => message.Former is { } former && _rooms
            .Where(r => r.Conversation.Connection == message.Connection && r.Conversation.Chat.ExternalId == message.Chat.ExternalId)
            .Any(r => r.Messages.Exists(m => m.ExternalId == former.Id && m.At >= former.Since)
                || r.Outbox.Exists(o => o.ExternalId == former.Id && o.Entry.CreatedAt >= former.Since))
            ? message with { ExternalMessageId = former.Id }
            : message;

    private static InboxOutcome.Stored StoredIn(Room room, bool needsTurn)
        => new(room.Conversation.Id, needsTurn) { IsHeld = room.Conversation.Operator is not null };

    private MessageBody BodyOf(Room room, InboundContent.Said said)
    {
        var seq = SeqOf(room, said.ReplyToExternalId);
        var beside = seq is null && room.Conversation.Chat.ThreadId is not null ? _rooms.Find(r => IsBeside(r.Conversation, room.Conversation)) : null;
        var far = beside is not null && SeqOf(beside, said.ReplyToExternalId) is { } farSeq ? new FarMessage(beside.Conversation.Id, farSeq) : null;
        return new MessageBody(said.Text) { IsForwarded = said.IsForwarded, InReplyTo = MessageReference.Of(seq, said.QuoteBeside(seq ?? far?.Seq), far) };
    }

    private static bool IsBeside(Conversation chat, Conversation thread)
        => chat.Chat.ThreadId is null && (chat.Tenant, chat.Connection, chat.Chat.ExternalId) == (thread.Tenant, thread.Connection, thread.Chat.ExternalId);

    private static long? SeqOf(Room room, string? answered) => answered is null ? null
        : room.Messages.Find(m => m.ExternalId == answered && m.DeletedAt is null)?.Seq ?? room.Outbox.Find(o => o.ExternalId == answered)?.Entry.MessageSeq;

    private InboxOutcome.Stored Hear(
        Room room, PersonId person, InboundMessage message, MessageBody body, IReadOnlyList<Attachment> attachments, string? externalId, string action, DateTimeOffset? editedAt = null)
    {
        var said = room.Add(new Message(
            room.Conversation.Id, room.Conversation.LastSeq + 1, Guid.CreateVersion7(Now), AuthorKind.Person, message.Sender.DisplayName,
            body, attachments, false, Now, ExternalId: externalId, EditedAt: editedAt, Person: person));
        room.Enter(said);
        var content = message.Content is InboundContent.Pressed ? message.Content : new InboundContent.Said(body.Markdown, attachments) { IsForwarded = body.IsForwarded };
        room.Inbox.Add(new Waiting(new InboxEntry(
            Guid.CreateVersion7(Now), room.Conversation.Tenant, room.Conversation.Id, said.Seq, content, message.IsAddressed, 0, Now)));
        room.Conversation = room.Conversation with { Status = ConversationStatus.Open };
        Append(Record(room, message, person, action, said.Seq));
        return StoredIn(room, needsTurn: true);
    }

    private InboxOutcome AddFiles(Room room, PersonId person, InboundMessage message, Message known, IReadOnlyList<Attachment> files)
    {
        if (files.Count == 0 || known is not { Author: AuthorKind.Person, EditedAt: not null, DeletedAt: null, Attachments.Count: 0 })
        {
            return new InboxOutcome.Duplicate();
        }

        room.Change(known.Seq, m => m with { Attachments = files, Person = person });
        room.Enter(room.Messages.Find(m => m.Seq == known.Seq)!);
        Append(Record(room, message, person, AuditActions.MessageReceived, known.Seq));
        return StoredIn(room, needsTurn: false);
    }

    private InboxOutcome Edit(Room room, PersonId person, InboundMessage message, Message? known, MessageBody body, IReadOnlyList<Attachment>? attachments)
    {
        if (known is null)
        {
            return Hear(room, person, message, body, attachments ?? [], message.ExternalMessageId, AuditActions.MessageReceived, message.SentAt);
        }

        if (known.DeletedAt is not null || known.EditedAt > message.SentAt)
        {
            return new InboxOutcome.Duplicate();
        }

        room.Change(known.Seq, m => m with
        {
            Body = body with { IsForwarded = body.IsForwarded || m.Body.IsForwarded, InReplyTo = m.Body.InReplyTo },
            EditedAt = message.SentAt,
            Person = person,
        });
        if (_facts.Find(fact => IsStatedBy(fact, known)) is { } stated)
        {
            _facts.RemoveAll(fact => IsStatedBy(fact, known));
            var edited = room.Messages.Find(m => m.Seq == known.Seq)!;
            _facts.AddRange(Stated(edited, StatedFacts.After(stated.Text, known.Body.Markdown, edited.Body)));
        }

        var record = Record(room, message, person, AuditActions.MessageEdited, known.Seq);
        if (attachments is not null && !Attachment.AreSame(known.Attachments, attachments))
        {
            room.Change(known.Seq, m => m with { Attachments = attachments });
            room.Replace(room.Messages.Find(m => m.Seq == known.Seq)!);
            record = record with { Details = new Dictionary<string, string> { ["files"] = $"{attachments.Count}" } };
        }

        Append(record);
        return StoredIn(room, needsTurn: false);
    }

    private InboxOutcome TakeBack(Room room, PersonId person, InboundMessage message, Message? known)
    {
        if (known is not null and not { Author: AuthorKind.Person, DeletedAt: null })
        {
            return new InboxOutcome.Duplicate();
        }

        if (known is null)
        {
            known = room.Add(new Message(
                room.Conversation.Id, room.Conversation.LastSeq + 1, Guid.CreateVersion7(Now), AuthorKind.Person, message.Sender.DisplayName,
                new MessageBody(""), [], false, Now, ExternalId: message.ExternalMessageId, Person: person));
        }

        room.Change(known.Seq, m => m with { Body = new MessageBody(""), Attachments = [], DeletedAt = message.SentAt });
        room.Discard(known.Seq);
        room.DropReactions(known.Seq);
        _facts.RemoveAll(fact => IsStatedBy(fact, known));
        if (room.Inbox.Find(w => w.IsOpen && w.Entry.MessageSeq == known.Seq) is { } waiting)
        {
            waiting.IsOpen = false;
        }

        Append(Record(room, message, person, AuditActions.MessageDeleted, known.Seq));
        return StoredIn(room, needsTurn: false);
    }

    private IEnumerable<Fact> Stated(Message edited, string? statement)
        => statement is not null
            ? [new Fact(Guid.CreateVersion7(Now), RoomOf(edited.Conversation).Conversation.Tenant, edited.Person!.Value, statement, edited.At, edited.Conversation, edited.Seq)]
            : [];

    private static bool IsStatedBy(Fact fact, Message message) => fact.SourceConversation == message.Conversation && fact.SourceSeq == message.Seq;

    private Room RoomFor(Connection connection, ExternalChat chat, PersonId person)
    {
        var room = _rooms.Find(r => IsChat(r, connection.Id, chat));
        if (room is null)
        {
            room = new Room(new Conversation(
                new ConversationId(Guid.CreateVersion7(Now)), connection.Tenant, connection.Id, chat, person, ConversationStatus.Open, null, 1, 0, null, Now));
            _rooms.Add(room);
        }
        else if (!room.Conversation.Chat.IsGroup)
        {
            room.Conversation = room.Conversation with { Person = person };
        }

        return room;
    }

    private ExternalChat WhereSaid(InboundMessage message)
        => _rooms.Where(r => r.Conversation.Connection == message.Connection && r.Conversation.Chat.ExternalId == message.Chat.ExternalId
                && r.Messages.Exists(m => m.ExternalId == message.ExternalMessageId))
            .OrderByDescending(r => r.Conversation.Chat.ThreadId == message.Chat.ThreadId).ThenByDescending(r => r.LastAt)
            .FirstOrDefault()?.Conversation.Chat ?? message.Chat;

    private static bool IsChat(Room room, ConnectionId connection, ExternalChat chat)
        => room.Conversation.Connection == connection && room.Conversation.Chat.ExternalId == chat.ExternalId && room.Conversation.Chat.ThreadId == chat.ThreadId;

    private AuditDraft Record(Room room, InboundMessage message, PersonId sender, string action, long seq) => new(
        room.Conversation.Tenant, Now, new Actor("person", sender.ToString(), ""), action,
        Subject(room.Conversation.Id, seq), message.Connection.Value, AuditDraft.NoDetails);

    private static string Subject(ConversationId conversation, long seq) => $"conversation/{conversation}/{seq}";
}
