using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>One Signal account, through its daemon.</summary>
internal sealed class SignalSession : IChannelSession, IFileSender, ITypingIndicator, IAttachmentReader
{
    private readonly ConnectionId _connection;
    private readonly SignalSettings _settings;
    private readonly SignalOptions _options;
    private readonly SignalClient _client;
    private readonly SignalQuotes _quotes = new();
    private readonly TimeProvider _time;

    public SignalSession(Connection connection, SignalOptions options, MessengerHttp http, TimeProvider time)
    {
        (_connection, _options, _time) = (connection.Id, options, time);
        _settings = new SignalSettings(connection.Settings);
        _client = new SignalClient(_settings, http);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(SignalClient.Messenger);
        try
        {
            var reader = new SignalReader(_connection, _settings.Groups, _settings.Account, await WhoAmIAsync(cancellationToken));
            await ListenAsync(host, reader, cancellationToken);
        }
        catch (Exception fault) when (fault is not PhrasedException || cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new PhrasedException(fault is IOException ? Phrase.Of("channel.broke-off", ("name", SignalClient.Messenger)) : Phrase.OfFault(fault), fault);
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var text = SignalText.Render(message.Body.Markdown);
        var call = _client.NewParams() with { Message = text.Text, TextStyle = text.Styles.Count == 0 ? null : text.Styles };
        return SendAsync(message, call, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => await SendAsync(message, _client.NewParams() with { Attachment = [await SignalFiles.WriteAsync(file, cancellationToken)] }, cancellationToken);

    /// <inheritdoc />
    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (SignalIds.Address(_client.NewParams(), chat) is { } call)
        {
            await _client.CallAsync("sendTyping", call, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
        => await SignalFiles.ReadAsync(await _client.OpenAsync("getAttachment", _client.NewParams() with { Id = attachment.Reference }, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Asks the daemon for something only it knows of the account; changes nothing and asks nobody else.</summary>
    public static Task<CallOutcome> AskAsync(SignalClient client, SignalSettings settings, CancellationToken cancellationToken)
        => client.CallAsync("listIdentities", client.NewParams() with { Number = settings.Account }, cancellationToken);

    private async Task<SendOutcome> SendAsync(OutboundMessage message, SignalParams call, CancellationToken cancellationToken)
    {
        if (SignalIds.Address(call, message.Chat) is not { } addressed)
        {
            return SessionReports.NoSuchChat(SignalClient.Messenger, message.Chat);
        }

        return SignalFailure.OutcomeOf(
            await _client.CallAsync("send", _quotes.Quote(addressed, message.ReplyToExternalId), cancellationToken), sent => SignalIds.Message(_settings.Account, sent));
    }

    /// <summary>What the account is called: as in the settings, and by whatever else the daemon knows it.</summary>
    private async Task<IReadOnlySet<string>> WhoAmIAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync(_client, _settings, cancellationToken);
        if (SignalFailure.ReasonOf(answer) is { } reason)
        {
            throw new PhrasedException(reason);
        }

        var known = SignalClient.Read(answer, SignalJson.Default.SignalReplyIReadOnlyListSignalIdentity)?.Result ?? [];
        return known.OfType<SignalIdentity>().Where(one => one.Number == _settings.Account || one.Uuid == _settings.Account)
            .SelectMany(one => (string?[])[one.Number, one.Uuid]).OfType<string>().Append(_settings.Account).ToHashSet(StringComparer.Ordinal);
    }

    private async Task ListenAsync(IChannelHost host, SignalReader reader, CancellationToken cancellationToken)
    {
        await using var stream = await _client.ListenAsync(await host.ReadCursorAsync(cancellationToken), cancellationToken);
        var events = new SignalStream(stream);
        host.Connected(_settings.Account);
        var reading = events.ReadAsync(cancellationToken);
        while (await NextAsync(reading, cancellationToken) is { } happened)
        {
            if (reader.Read(happened.Data) is { } message)
            {
                _quotes.Note(message);
                await host.Gateway.AcceptAsync(message, cancellationToken);
            }

            if (happened.Id is { Length: > 0 } id)
            {
                await host.SaveCursorAsync(id, cancellationToken);
            }

            reading = events.ReadAsync(cancellationToken);
        }

        throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", SignalClient.Messenger)));
    }

    /// <summary>Waits; when nothing comes for long, not even that the line lives, the daemon is asked.</summary>
    private async Task<SignalHappened?> NextAsync(Task<SignalHappened?> reading, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await reading.WaitAsync(_options.Silence, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                if (!await _client.LivesAsync(cancellationToken))
                {
                    throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", SignalClient.Messenger)));
                }
            }
        }
    }
}

/// <summary>What was said lately, for a quotation shows the words it answers. Safe for concurrent use.</summary>
internal sealed class SignalQuotes
{
    private const int Remembered = 500;
    private const int Longest = 300;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _texts = [];
    private readonly Queue<string> _order = new();

    public void Note(InboundMessage message)
    {
        if (message.Content is not InboundContent.Said { Text.Length: > 0 } said)
        {
            return;
        }

        lock (_lock)
        {
            if (_texts.TryAdd(message.ExternalMessageId, Legible.Cut(said.Text, Longest)))
            {
                _order.Enqueue(message.ExternalMessageId);
            }

            if (_order.Count > Remembered)
            {
                _texts.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>The command, with a quotation where the words are still known.</summary>
    public SignalParams Quote(SignalParams call, string? replyTo)
    {
        lock (_lock)
        {
            return replyTo is not null && _texts.TryGetValue(replyTo, out var text) && SignalIds.TryParseMessage(replyTo, out var author, out var timestamp)
                ? call with { QuoteTimestamp = timestamp, QuoteAuthor = author, QuoteMessage = text }
                : call;
        }
    }
}
