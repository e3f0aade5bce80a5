using System.Collections.Concurrent;
using System.Text;
using Assistant.Domain.Ai;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Reach;

namespace Assistant.Domain.Conversations;

/// <summary>How a turn is bounded.</summary>
/// <param name="HistoryLimit">Messages of history given to an engine.</param>
/// <param name="HistoryTokens">Estimated tokens of history given to an engine, newest first.</param>
/// <param name="RecallLimit">Recollections given to an engine.</param>
/// <param name="FactLimit">Facts given to an engine, newest first.</param>
/// <param name="TypingAfter">How long an engine may think before the person is shown that it does.</param>
public sealed record TurnLimits(int HistoryLimit, int HistoryTokens, int RecallLimit, int FactLimit, TimeSpan TypingAfter)
{
    public static TurnLimits Default { get; } = new(
        HistoryLimit: 20, HistoryTokens: 3_000, RecallLimit: 6, FactLimit: EmbeddedResponder.ListedFacts + 1, TypingAfter: TimeSpan.FromMilliseconds(700));
}

/// <summary>How a call of the processor ended.</summary>
public enum TurnEnding
{
    /// <summary>No entry of the conversation is due.</summary>
    NothingDue,
    /// <summary>A turn was committed; there may be more.</summary>
    Committed,
    /// <summary>A turn was committed and no other entry is open.</summary>
    CaughtUp,
    /// <summary>Control changed while the turn was thinking; what it had written is held back for an operator.</summary>
    HeldBack,
    /// <summary>The turn came too late and left nothing; an entry that is still open has another one.</summary>
    Superseded,
}

/// <summary>The use case at the heart: takes a conversation's next event and answers it.</summary>
/// <remarks>
/// Reads, thinks, then commits once: no transaction is open while an engine works. The commit is guarded by the conversation's
/// version, so a take-over in between wins: nothing of this turn is sent, and what it had written is shown to the operator as held back.
/// Called by one caller at a time per conversation; <see cref="Halt"/> by anyone.
/// </remarks>
public sealed class TurnProcessor(
    ITurnStore store,
    IRecall recall,
    IReplyGenerator replies,
    IChannelCatalog channels,
    IChannelSessions sessions,
    IConnectionStore connections,
    IOutboxSignal outbox,
    ILiveFeed live,
    TurnLimits limits,
    TimeProvider clock,
    PersonCommands? commands = null,
    ContinuedHistory? continued = null)
{
    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(60);

    // Whoever edits without end is answered all the same.
    private const int MaxYields = 2;

    private readonly ConcurrentDictionary<ConversationId, Thinking> _thinking = [];

    // How often in a row an entry's turn came to nothing. Only those that just did are in it.
    private readonly ConcurrentDictionary<ConversationId, (Guid Entry, int Times)> _superseded = [];

    /// <summary>Runs the conversation's next turn.</summary>
    /// <exception cref="Exception">Any fault but the engines': the entry stays open and the caller counts the attempt.</exception>
    public async Task<TurnEnding> ProcessNextAsync(ConversationId conversation, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var turnId = Guid.CreateVersion7(startedAt);
        using var thinking = new Thinking(live, turnId, cancellationToken);
        _thinking[conversation] = thinking;
        try
        {
            return await ProcessNextAsync(conversation, turnId, startedAt, thinking, cancellationToken);
        }
        finally
        {
            _thinking.TryRemove(new(conversation, thinking));
        }
    }

    private async Task<TurnEnding> ProcessNextAsync(
        ConversationId conversation, Guid turnId, DateTimeOffset startedAt, Thinking thinking, CancellationToken cancellationToken)
    {
        if (await store.BeginAsync(conversation, limits.HistoryLimit, startedAt, cancellationToken) is not { } start)
        {
            _superseded.TryRemove(conversation, out _);
            return TurnEnding.NothingDue;
        }

        var superseded = _superseded.TryGetValue(conversation, out var last) && last.Entry == start.Entry.Id ? last.Times : 0;
        var mayYield = superseded < MaxYields;
        using var activity = Telemetry.Activities.StartActivity("turn");
        start = await ReadAsPressAsync(start, cancellationToken);
        var thought = IsForAssistant(start)
            ? await ObeyAsync(start, cancellationToken) ?? await ThinkAsync(start, mayYield ? start.Utterance : null, thinking)
            : new Thought(TurnResult.LeftToPeople, null, null, [], false, null);
        var commit = new TurnCommit(
            turnId, start.Conversation, start.Entry, start.Conversation.Version, start.Utterance.EditedAt, thought.Result, thought.Reply,
            thought.Reply is null ? [] : await CutAsync(start.Conversation, thought.Reply, cancellationToken),
            thought.Usage, thought.NewFacts, thought.AsksForPerson, thought.Error, startedAt)
        {
            YieldsToEdit = mayYield && !thought.HasActed,
            ReplyTo = thought.Reply is null ? null : await RepliedToAsync(start, cancellationToken),
        };
        var ending = await CommitAsync(start, commit, cancellationToken);
        if (ending == TurnEnding.Superseded)
        {
            _superseded[conversation] = (start.Entry.Id, superseded + 1);
        }
        else if (superseded > 0)
        {
            _superseded.TryRemove(conversation, out _);
        }

        return ending;
    }

    /// <inheritdoc cref="IConversationExecutor.Halt"/>
    public void Halt(ConversationId conversation, long version)
    {
        if (_thinking.TryGetValue(conversation, out var thinking))
        {
            thinking.Halt(version);
        }
    }

    /// <inheritdoc cref="IConversationExecutor.HaltEdited"/>
    public void HaltEdited(ConversationId conversation, string message, DateTimeOffset at)
    {
        if (_thinking.TryGetValue(conversation, out var thinking))
        {
            thinking.HaltEdited(message, at);
        }
    }

    private async Task<TurnEnding> CommitAsync(TurnStart start, TurnCommit commit, CancellationToken cancellationToken)
    {
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome is not TurnCommitOutcome.Committed committed)
        {
            live.Publish(new LiveEvent.ReplyAbandoned(start.Conversation.Tenant, start.Conversation.Id, commit.TurnId));
            return outcome is TurnCommitOutcome.HeldBack ? TurnEnding.HeldBack : TurnEnding.Superseded;
        }

        if (commit.Parts.Count > 0)
        {
            outbox.Committed(start.Conversation.Id, committed.Claimed);
        }

        Telemetry.Turns.Add(1, new KeyValuePair<string, object?>("result", commit.Result));
        Telemetry.TurnDuration.Record((clock.GetUtcNow() - start.Entry.ReceivedAt).TotalSeconds);
        return committed.IsCaughtUp ? TurnEnding.CaughtUp : TurnEnding.Committed;
    }

    /// <summary>A number typed where buttons went out as text is from here on the press it stands for; the thread keeps what was typed.</summary>
    private async Task<TurnStart> ReadAsPressAsync(TurnStart start, CancellationToken cancellationToken)
        => NumberedAnswer.Find(start) is { } button && await AreButtonsTextAsync(start.Conversation, cancellationToken)
            ? start with { Entry = start.Entry with { Content = new InboundContent.Pressed(button.Data, button.Label) } }
            : start;

    private async Task<bool> AreButtonsTextAsync(Conversation conversation, CancellationToken cancellationToken)
        => await FindChannelAsync(conversation, cancellationToken) is { } channel
            && (!channel.Manifest.Can(ChannelCapabilities.Buttons) || sessions.Find(conversation.Connection) is IButtonFallback { NumbersButtons: true });

    private static bool IsForAssistant(TurnStart start)
        => start.Conversation is { Operator: null, Status: ConversationStatus.Open } && start.Entry.IsAddressed
            && start.Utterance is { DeletedAt: null, Body.IsForgotten: false };

    /// <summary>What people say to the product itself never reaches an engine: a model must not decide what was meant.</summary>
    private async Task<Thought?> ObeyAsync(TurnStart start, CancellationToken cancellationToken)
        => commands is not null && await commands.AnswerAsync(start, cancellationToken) is { } answer
            ? new Thought(TurnResult.Answered, new MessageBody(answer), null, [], false, null) { HasActed = true }
            : null;

    private async Task<Thought> ThinkAsync(TurnStart start, Message? yielding, Thinking thinking)
    {
        var text = new StringBuilder();
        List<Fact> facts = [];
        TurnUsage? usage = null;
        var asksForPerson = false;
        thinking.Begin(start.Conversation, yielding);
        var typingShown = ShowTypingAsync(start.Conversation, thinking);
        try
        {
            var lastProgress = clock.GetTimestamp();
            await foreach (var chunk in replies.GenerateAsync(await ContextAsync(start, thinking.Token), thinking.Token))
            {
                if (thinking.IsHalted)
                {
                    break;
                }

                switch (chunk)
                {
                    case ReplyChunk.Text more:
                        text.Append(more.Delta);
                        if (live.HasListeners(start.Conversation.Tenant) && clock.GetElapsedTime(lastProgress) >= ProgressInterval)
                        {
                            lastProgress = clock.GetTimestamp();
                            thinking.Show(text.ToString());
                        }

                        break;
                    case ReplyChunk.Restarted:
                        text.Clear();
                        break;
                    case ReplyChunk.Remember remember:
                        facts.Add(new Fact(
                            Guid.CreateVersion7(clock.GetUtcNow()), start.Conversation.Tenant, start.Person.Id, remember.Statement,
                            start.Utterance.At, start.Conversation.Id, start.Utterance.Seq));
                        break;
                    case ReplyChunk.AskForPerson:
                        asksForPerson = true;
                        break;
                    case ReplyChunk.Completed completed:
                        usage = completed.Usage;
                        break;
                    default:
                        throw new InvalidOperationException($"Unknown chunk {chunk.GetType().Name}.");
                }
            }
        }
        catch (EnginesFailedException failure)
        {
            // Who asked for a person gets one all the more; what no engine has confirmed is not remembered.
            return new Thought(TurnResult.EnginesFailed, new MessageBody(Apology(start, failure.IsRefusal, asksForPerson)), null, [], asksForPerson, failure.Message);
        }
        catch (Exception) when (thinking.IsHalted)
        {
            // Stopped in the middle, an engine may end in any way: what was written until then goes to the operator.
        }
        finally
        {
            await thinking.EndAsync();
            await typingShown;
        }

        var reply = text.ToString().Trim();
        return new Thought(
            thinking.IsHalted ? TurnResult.HeldBack : TurnResult.Answered, reply.Length == 0 ? null : new MessageBody(reply), usage, facts, asksForPerson, null);
    }

    private async Task<ReplyContext> ContextAsync(TurnStart start, CancellationToken cancellationToken)
    {
        var conversation = start.Conversation;
        var pressed = start.Entry.Content as InboundContent.Pressed;
        var words = pressed?.Label ?? start.Utterance.Body.Markdown;
        var known = continued is null ? start.History : await continued.ReadAsync(start, limits.HistoryLimit, cancellationToken);
        var history = AnsweredWords.Within(HistoryWindow.Newest(known, limits.HistoryTokens));
        var utterance = pressed is null ? ToldText.Of(start.Utterance, AnsweredBy(start, history, known)) : words;
        // Memory does not repeat what the history tells, and has its places for what is older.
        var told = Math.Min(history.FirstOrDefault(message => message is { IsElsewhere: false, IsCut: false })?.Seq ?? long.MaxValue, start.Utterance.Seq);
        // What somebody told the assistant alone is not for a group to read.
        var isGroup = conversation.Chat.IsGroup;
        var recalled = await recall.RecallAsync(
            conversation.Tenant, start.Person.Id, words, conversation.Id, told, onlyHere: isGroup, limits.RecallLimit, limits.FactLimit, cancellationToken);
        // Nobody is called by an id. In a group it tells who speaks; alone with the assistant the chat goes by the same one.
        var isNameless = !isGroup && ExternalSender.IsStandInFor(conversation.Chat.ExternalId, start.Person.DisplayName);
        return new ReplyContext(
            conversation.Tenant, conversation.Id, isNameless ? start.Person with { DisplayName = "" } : start.Person, utterance, history, recalled.Found, recalled.Facts, clock.GetLocalNow())
        {
            Words = words,
            IsForwarded = pressed is null && start.Utterance.Body.IsForwarded,
            IsGroup = isGroup,
        };
    }

    private static AnsweredWords? AnsweredBy(TurnStart start, IReadOnlyList<HistoryMessage> told, IReadOnlyList<HistoryMessage> known)
        => start.Utterance.Body.InReplyTo is { Elsewhere: not null } far ? AnsweredWords.OfElsewhere(far, start.Answered)
            : AnsweredWords.Of(start.Utterance.Body.InReplyTo, told, start.Answered is { } older ? known.Append(older) : known);

    private async Task<IReadOnlyList<MessageBody>> CutAsync(Conversation conversation, MessageBody reply, CancellationToken cancellationToken)
        => await FindChannelAsync(conversation, cancellationToken) is { } channel ? OutboundParts.For(channel.Manifest, reply) : [reply];

    private async Task<string?> RepliedToAsync(TurnStart start, CancellationToken cancellationToken)
        => await FindChannelAsync(start.Conversation, cancellationToken) is { Manifest: var manifest }
            && ((manifest.RepliesInGroups && start.Conversation.Chat.IsGroup)
                || (manifest.AwaitingReply is { } ids && start.Utterance.ExternalId?.StartsWith(ids, StringComparison.Ordinal) == true))
                    ? start.Utterance.ExternalId
                    : null;

    private async Task<IChannel?> FindChannelAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        var connection = sessions.FindConnection(conversation.Connection) ?? await connections.FindAsync(conversation.Connection, cancellationToken);
        return connection is null ? null : channels.Find(connection.ChannelType);
    }

    private async Task ShowTypingAsync(Conversation conversation, Thinking thinking)
    {
        // Ends when the token is cancelled; suppressing the throw keeps a cancelled wait from costing an exception per turn.
        await Task.Delay(limits.TypingAfter, clock, thinking.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var sign = new LiveEvent.Typing(conversation.Tenant, conversation.Id, AuthorKind.Assistant, "Assistant", true);
        while (thinking.TryShow(() => live.Publish(sign)))
        {
            if (sessions.Find(conversation.Connection) is ITypingIndicator indicator)
            {
                var shown = Task.CompletedTask;
                thinking.TryShow(() => shown = indicator.ShowTypingAsync(conversation.Chat, thinking.Token));
                await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.Delay(TypingInterval, clock, thinking.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Apology(TurnStart start, bool isRefusal, bool asksForPerson)
    {
        var isChinese = IsInChinese(start);
        var what = (isChinese, isRefusal) switch
        {
            (true, true) => "抱歉，我的语言模型没有接受这条消息，所以我无法回答。",
            (true, false) => "抱歉，我现在无法连接语言模型，暂时不能回答。",
            (false, true) => "I'm sorry, my language model did not accept this message, so I can't answer it. ",
            (false, false) => "I'm sorry, I can't reach my language model right now, so I can't answer this. ",
        };
        var next = (isChinese, asksForPerson, isRefusal) switch
        {
            (true, true, _) => "我已经帮您请真人了，会有人在这里回复您。",
            (true, false, true) => "您的消息已经保存，管理员可以看到原因。原样重发没有用，换个说法或写短一些也许可以。",
            (true, false, false) => "您的消息已经保存，管理员可以看到原因。请过几分钟再试。",
            (false, true, _) => "I have asked for a person: someone will answer you here.",
            (false, false, true) => "Your message is kept and an operator can see why. Sending it again as it is won't help; other or fewer words may.",
            (false, false, false) => "Your message is kept and an operator can see why. Please try again in a few minutes.",
        };
        return what + next;
    }

    private static bool IsInChinese(TurnStart start)
    {
        var utterance = start.Utterance.Body.Markdown;
        return UtteranceReader.ShowsLanguage(utterance)
            ? utterance.EnumerateRunes().Any(IsChinese)
            : PersonLanguage.Of(start.Person, start.History, start.Conversation.Chat.IsGroup) == SpokenLanguage.Chinese;
    }

    private static bool IsChinese(Rune rune) => rune.Value is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF;

    private sealed record Thought(
        TurnResult Result, MessageBody? Reply, TurnUsage? Usage, IReadOnlyList<Fact> NewFacts, bool AsksForPerson, string? Error)
    {
        /// <summary>Whether something was done that a second turn would do again.</summary>
        public bool HasActed { get; init; }
    }
}
