using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// Receiving. The place is (UIDVALIDITY, last UID); it is noted after everything up to it is committed, so a crash anywhere brings mails
// again and the inbox knows them by their key. Flags come between the two: they are for people who look into the mailbox, and for the first
// look without a place, which takes what nobody has read.
//
// When the server counts anew (another UIDVALIDITY, a restored mailbox say) the place means nothing: everything of the days since it was
// noted is offered again, and again the key decides. Rejected: trusting \Seen, which a person's phone sets as well; RECENT, which the first
// of two readers takes from the other.

/// <summary>Reads one folder, as long as it runs.</summary>
internal sealed partial class EmailMailbox(
    ConnectionId connection, EmailSettings settings, EmailDialer dialer, AccessTokens? tokens, EmailThreads threads, EmailOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Clocks differ, and a search knows days only.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(2);

    /// <summary>A mail that was under way longer than this before a new count is not looked for, if somebody has read it.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromDays(7);

    /// <summary>Times a mail is asked for as a whole; then for its beginning, once.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Has the words of most mails.</summary>
    private const int BeginningBytes = 64_000;

    /// <summary>So long at least health says that a mail was not read.</summary>
    private static readonly TimeSpan ShortfallShown = TimeSpan.FromDays(1);

    private readonly EmailReader _reader = new(settings, options);
    private readonly RateLimiter _budget = new(settings.AnswersPerHour, settings.AnswersPerHour / TimeSpan.FromHours(1).TotalSeconds, GatewayLimits.RememberedSenders, time);

    /// <summary>How often a mail beyond the place was not handed out. It outlives sessions, for each such failure ends one.</summary>
    private readonly Dictionary<(uint Validity, uint Uid), int> _failures = [];

    private (Phrase Reason, DateTimeOffset At)? _shortfall;
    private EmailCursor? _cursor;
    private volatile bool _hasNews;
    private CancellationTokenSource? _idle;

    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        _cursor = EmailCursor.Parse(await host.ReadCursorAsync(cancellationToken));
        using var client = await CallAsync(token => dialer.OpenImapAsync(settings, tokens, token), cancellationToken);
        var folder = await OpenAsync(client, cancellationToken);
        folder.CountChanged += (_, _) => Notice();
        await CatchUpAsync(folder, host, cancellationToken);
        Tell(host);
        while (true)
        {
            _hasNews = false;
            await ReceiveAsync(folder, await FindNewAsync(folder, cancellationToken), host, cancellationToken);
            await WaitAsync(client, cancellationToken);
        }
    }

    private void Tell(IChannelHost host)
    {
        if (_shortfall is { } shortfall && time.GetUtcNow() - shortfall.At < ShortfallShown)
        {
            host.Report(ConnectionState.Degraded, shortfall.Reason);
            return;
        }

        host.Connected(settings.Address);
    }

    private async Task<ImapFolder> OpenAsync(ImapClient client, CancellationToken cancellationToken)
    {
        var folder = await CallAsync(token => client.GetFolderAsync(settings.Folder, token), cancellationToken);
        await CallAsync(token => folder.OpenAsync(FolderAccess.ReadWrite, token), cancellationToken);
        return (ImapFolder)folder;
    }

    /// <summary>Without a place, or when it means nothing any more: takes what there may be to take, then notes where that ends.</summary>
    private async Task CatchUpAsync(ImapFolder folder, IChannelHost host, CancellationToken cancellationToken)
    {
        if (_cursor is { } known && known.Validity == folder.UidValidity)
        {
            return;
        }

        if (_cursor is not null)
        {
            LogCountsAnew(logger, connection);
        }

        var found = await CallAsync(token => folder.SearchAsync(NewSince(_cursor), token), cancellationToken);
        var last = Math.Max(folder.UidNext is { Id: > 0 } next ? next.Id - 1 : 0, found.Count > 0 ? found.Max(uid => uid.Id) : 0);
        foreach (var batch in found.OrderBy(uid => uid.Id).Chunk(options.BatchSize))
        {
            await AcceptAsync(folder, batch, host, cancellationToken);
        }

        await NoteAsync(folder, last, host, cancellationToken);
    }

    private BinarySearchQuery NewSince(EmailCursor? before)
    {
        if (before is null)
        {
            return SearchQuery.NotSeen.And(SearchQuery.DeliveredAfter((time.GetUtcNow() - options.FirstLook).UtcDateTime));
        }

        var since = before.At - Overlap;
        return SearchQuery.DeliveredAfter(since.UtcDateTime).And(SearchQuery.NotSeen.Or(SearchQuery.SentSince((since - LongestWay).UtcDateTime)));
    }

    private async Task<IEnumerable<UniqueId>> FindNewAsync(ImapFolder folder, CancellationToken cancellationToken)
    {
        var last = _cursor?.Last ?? 0;
        var range = new UniqueIdRange(new UniqueId(folder.UidValidity, last + 1), UniqueId.MaxValue);

        // A range that begins beyond the last mail is turned round by the server and finds that one (RFC 3501, section 6.4.8).
        return (await CallAsync(token => folder.SearchAsync(SearchQuery.Uids(range), token), cancellationToken)).Where(uid => uid.Id > last).OrderBy(uid => uid.Id);
    }

    private async Task ReceiveAsync(ImapFolder folder, IEnumerable<UniqueId> uids, IChannelHost host, CancellationToken cancellationToken)
    {
        foreach (var batch in uids.Chunk(options.BatchSize))
        {
            await AcceptAsync(folder, batch, host, cancellationToken);
            await NoteAsync(folder, batch[^1].Id, host, cancellationToken);
        }
    }

    /// <summary>Returns when every one is committed or was nothing for us; begun one after another, so that the inbox keeps their order.</summary>
    private async Task AcceptAsync(ImapFolder folder, UniqueId[] uids, IChannelHost host, CancellationToken cancellationToken)
    {
        var accepting = new List<Task>();
        try
        {
            foreach (var uid in uids)
            {
                if (await ReadAsync(folder, uid, host, cancellationToken) is { } message)
                {
                    accepting.Add(host.Gateway.AcceptAsync(message, cancellationToken));
                }
            }
        }
        finally
        {
            await Task.WhenAll(accepting);
        }

        // What was left stays unread, for somebody to find it in the mailbox.
        await FlagAsync(folder, [.. uids.Where(uid => FailuresOf(folder, uid) <= MaxAttempts)], cancellationToken);
    }

    private async Task<InboundMessage?> ReadAsync(ImapFolder folder, UniqueId uid, IChannelHost host, CancellationToken cancellationToken)
    {
        if (await TakeAsync(folder, uid, host, cancellationToken) is not { } bytes)
        {
            return null;
        }

        await using (bytes)
        {
            if (_reader.Read(bytes, new MailPlace(connection, folder.UidValidity, uid.Id, time.GetUtcNow())) is not { } mail)
            {
                LogSteppedOver(logger, connection, uid.Id);
                return null;
            }

            var message = mail.Message;
            var root = threads.RootOf(message.Chat, message.Chat.ThreadId ?? message.ExternalMessageId);
            threads.Note(message.Chat, new MailThread(mail.Subject, WithRoot(mail.References, root)), message.ExternalMessageId, root);
            return message with
            {
                Chat = message.Chat with { ThreadId = root },
                IsAddressed = message.IsAddressed && !message.Sender.IsBot && IsWithinBudget(message),
            };
        }
    }

    /// <summary>
    /// What the server hands out of a mail; <see langword="null"/> for nothing. A mail that fails ends the session, and the next one begins with it again:
    /// after some times its beginning has to do, and without that it is left, or those behind it would never be read.
    /// </summary>
    private async Task<Stream?> TakeAsync(ImapFolder folder, UniqueId uid, IChannelHost host, CancellationToken cancellationToken)
    {
        var failures = FailuresOf(folder, uid);
        if (failures > MaxAttempts)
        {
            FallShort(host, uid, Phrase.Of("email.not-handed-out", ("server", settings.Imap.Host), ("folder", settings.Folder), ("number", $"{uid.Id}")));
            return null;
        }

        try
        {
            var bytes = await FetchAsync(folder, uid, failures < MaxAttempts ? options.MaxMailBytes : Math.Min(BeginningBytes, options.MaxMailBytes), cancellationToken);
            if (failures == MaxAttempts)
            {
                FallShort(host, uid, Phrase.Of("email.read-in-part", ("server", settings.Imap.Host), ("folder", settings.Folder), ("number", $"{uid.Id}")));
            }

            return bytes;
        }
        catch (MessageNotFoundException)
        {
            // Deleted since it was found.
            return null;
        }
        catch (PhrasedException)
        {
            _failures[(folder.UidValidity, uid.Id)] = failures + 1;
            throw;
        }
    }

    private int FailuresOf(ImapFolder folder, UniqueId uid) => _failures.GetValueOrDefault((folder.UidValidity, uid.Id));

    private void FallShort(IChannelHost host, UniqueId uid, Phrase reason)
    {
        LogNotHandedOut(logger, connection, uid.Id);
        _shortfall = (reason, time.GetUtcNow());
        Tell(host);
    }

    private static IReadOnlyList<string> WithRoot(IReadOnlyList<string> references, string root)
        => EmailIds.FromKey(root) is { } id && id != references[0] ? [id, .. references] : references;

    /// <summary>Two machines that do not know each other for machines stop at this.</summary>
    private bool IsWithinBudget(InboundMessage message)
    {
        var isWithin = _budget.TryTake(connection, message.Sender.ExternalId);
        if (!isWithin)
        {
            LogOverBudget(logger, connection, settings.AnswersPerHour);
        }

        return isWithin;
    }

    private async Task<Stream> FetchAsync(ImapFolder folder, UniqueId uid, int maxBytes, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options.CommandTimeout, time, cancellationToken);
        try
        {
            // Looks only: reading does not flag. On a slow line it may take as long as bytes come.
            return await folder.GetStreamAsync(uid, 0, maxBytes, patience.Token, patience);
        }
        catch (Exception fault) when (fault is not MessageNotFoundException && EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw Phrased(fault);
        }
    }

    private async Task FlagAsync(ImapFolder folder, UniqueId[] uids, CancellationToken cancellationToken)
    {
        if (uids.Length == 0)
        {
            return;
        }

        try
        {
            await CallAsync(token => folder.AddFlagsAsync(uids, MessageFlags.Seen, silent: true, token), cancellationToken);
        }
        catch (PhrasedException fault) when (fault.InnerException is ImapCommandException)
        {
            // A folder one may only read. Nothing depends on it.
            LogNotFlagged(logger, connection, fault.Reason);
        }
    }

    private async Task NoteAsync(ImapFolder folder, uint last, IChannelHost host, CancellationToken cancellationToken)
    {
        _cursor = new EmailCursor(folder.UidValidity, last, time.GetUtcNow());
        await host.SaveCursorAsync(_cursor.ToString(), cancellationToken);
        _failures.Clear();
    }

    /// <summary>Until the server tells of mail, or it is time to look all the same.</summary>
    private async Task WaitAsync(ImapClient client, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(settings.Wait, time);
        Volatile.Write(ref _idle, idle);
        try
        {
            if (_hasNews)
            {
                return;
            }

            if (client.Capabilities.HasFlag(ImapCapabilities.Idle))
            {
                await CallAsync(token => client.IdleAsync(idle.Token, token), settings.Wait + options.CommandTimeout, cancellationToken);
                return;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            await CallAsync(token => client.NoOpAsync(token), cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _idle, null);
        }
    }

    private void Notice()
    {
        _hasNews = true;
        try
        {
            Volatile.Read(ref _idle)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait ended this very moment; the flag is seen.
        }
    }

    private Task<bool> CallAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => CallAsync(call, options.CommandTimeout, cancellationToken);

    private Task<bool> CallAsync(Func<CancellationToken, Task> call, TimeSpan limit, CancellationToken cancellationToken)
        => CallAsync(
            async token =>
            {
                await call(token);
                return true;
            },
            limit, cancellationToken);

    private Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, options.CommandTimeout, cancellationToken);

    /// <summary>A command of the server; its faults rise in plain words, so that those of our own house are not taken for them.</summary>
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = new Patience(limit, time, cancellationToken);
        try
        {
            return await call(patience.Token);
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw Phrased(fault);
        }
    }

    private PhrasedException Phrased(Exception fault) => fault as PhrasedException ?? new PhrasedException(EmailFaults.Explain(fault, settings.Imap.Host), fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The mail server of {ConnectionId} counts its mails anew; looking again at those of the last days.")]
    private static partial void LogCountsAnew(ILogger logger, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stepped over mail {Uid} of {ConnectionId}: it is our own, or names nobody who could be answered.")]
    private static partial void LogSteppedOver(ILogger logger, ConnectionId connectionId, uint uid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail of {ConnectionId} is kept and not answered: its sender has had {Limit} answers within the hour.")]
    private static partial void LogOverBudget(ILogger logger, ConnectionId connectionId, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The mail server of {ConnectionId} did not hand out mail {Uid} as a whole; going on with those behind it.")]
    private static partial void LogNotHandedOut(ILogger logger, ConnectionId connectionId, uint uid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mails of {ConnectionId} cannot be flagged as read: {Reason}")]
    private static partial void LogNotFlagged(ILogger logger, ConnectionId connectionId, Phrase reason);
}
