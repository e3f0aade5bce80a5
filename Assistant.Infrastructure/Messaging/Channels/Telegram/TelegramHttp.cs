using System.Collections.Concurrent;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.Options;
using Telegram.Bot;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Sockets to Telegram, and clients over them.</summary>
/// <remarks>
/// The token is part of every address. No activity is made for these calls (the propagator is off): it would carry the address into traces.
/// Polls have sockets of their own, so that a burst of sends never keeps news waiting.
/// </remarks>
internal sealed class TelegramHttp(OutgoingHttp outgoing, IOptions<TelegramOptions> options) : IDisposable
{
    /// <summary>Far beyond any answer to a call.</summary>
    private const long MaxAnswerBytes = 4 << 20;

    /// <summary>
    /// A hundred updates may bring two messages each, their own and the one it answers, of up to 32,768 signs of up to six bytes: 38 MiB, and room for
    /// links and names. A bound that a batch could reach would keep it, and all after it, from ever being read.
    /// </summary>
    private const long MaxUpdatesBytes = 64 << 20;

    private readonly SocketsHttpHandler _calls = NewHandler(outgoing, options.Value.MaxConnections);
    private readonly SocketsHttpHandler _polls = NewHandler(outgoing, int.MaxValue);
    private readonly ConcurrentDictionary<ConnectionId, TelegramHttp> _ofConnections = [];

    /// <summary>The same with sockets of the connection's own, for its session: calls of another bot that hang keep none from it.</summary>
    public TelegramHttp Of(ConnectionId connection) => _ofConnections.GetOrAdd(connection, _ => new TelegramHttp(outgoing, options));

    /// <summary>A client for everything but polling. It never retries by itself: the outbox does.</summary>
    public ITelegramBotClient NewClient(TelegramSettings settings) => NewClient(settings, _calls, options.Value.CallTimeout, MaxAnswerBytes);

    public ITelegramBotClient NewPollingClient(TelegramSettings settings)
        => NewClient(settings, _polls, settings.PollTimeout + options.Value.CallTimeout, MaxUpdatesBytes);

    /// <summary>A client that sends files: they have the time their size takes.</summary>
    public ITelegramBotClient NewUploadingClient(TelegramSettings settings) => NewClient(settings, _calls, options.Value.FileTimeout, MaxAnswerBytes);

    /// <summary>For files; the caller bounds time and size.</summary>
    public HttpClient NewDownloader() => new(_calls, disposeHandler: false) { Timeout = options.Value.CallTimeout };

    public void Dispose()
    {
        _calls.Dispose();
        _polls.Dispose();
        foreach (var one in _ofConnections.Values)
        {
            one.Dispose();
        }
    }

    private static TelegramBotClient NewClient(TelegramSettings settings, SocketsHttpHandler handler, TimeSpan timeout, long maxAnswerBytes)
        => new(
            new TelegramBotClientOptions(settings.Token, settings.ApiBaseUrl) { RetryThreshold = 0, RetryCount = 0 },
            new HttpClient(new BoundedAnswerHandler(handler, maxAnswerBytes), disposeHandler: false) { Timeout = timeout });

    private static SocketsHttpHandler NewHandler(OutgoingHttp outgoing, int connections)
    {
        var handler = outgoing.NewHandler(AddressSource.Configured);
        handler.MaxConnectionsPerServer = connections;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        handler.AutomaticDecompression = DecompressionMethods.None;
        return handler;
    }
}
