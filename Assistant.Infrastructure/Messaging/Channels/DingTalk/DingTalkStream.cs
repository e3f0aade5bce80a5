using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

// Stream mode: WebSockets that we open, and DingTalk closes when it moves its servers about.
//
// Invariants. (1) A frame is acknowledged after the gateway has committed what is in it; what was not, DingTalk sends again within about a minute. (2) When
// DingTalk announces that it closes a stream, or a stream has said nothing for too long, the next one is open before the old one is let go, and the old one
// is listened to for a while: what comes over both is one message by its key. (3) One stream is read by one loop, frame after frame, so that the order of a
// chat is kept. Rejected: waiting for a line to break before opening the next, for DingTalk keeps sending into a line it does not know to be dead, and
// nobody ever sees that; acknowledging first, which loses what a crash meets.

/// <summary>Receives over Stream mode.</summary>
internal sealed class DingTalkStream(
    DingTalkSettings settings, DingTalkClient client, MessengerSockets sockets, DingTalkReceiver receiver, DingTalkOptions options, TimeProvider time)
{
    private const int Ok = 200;
    private const string Json = "application/json";

    /// <summary>Receives until cancelled. A line that breaks unannounced rises: whoever supervises opens the next.</summary>
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new List<Task<LineEnd>>();
        try
        {
            var current = await BeginAsync(reading, host.Gateway, stop.Token);
            host.Connected(settings.RobotCode);
            while (true)
            {
                var ended = await Task.WhenAny(reading);
                reading.Remove(ended);
                switch (await ended)
                {
                    case LineEnd.Replaced when ended == current:
                        current = await NextLine.OpenAsync(
                            ct => BeginAsync(reading, host.Gateway, ct), () => reading.Exists(line => !line.IsCompleted), options.ReopenPause, time, stop.Token);
                        break;
                    case LineEnd.Closed when ended == current:
                        throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", DingTalkChannel.Name)));
                    default:
                        break;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Opens a stream and lets it be read; what is left on one that is replaced is read beside it.</summary>
    /// <returns>Ends when the stream closes, or at once when it has to be replaced.</returns>
    private async Task<Task<LineEnd>> BeginAsync(List<Task<LineEnd>> reading, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var socket = await OpenAsync(cancellationToken);
        var replaced = new TaskCompletionSource<LineEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = ReadAsync(socket, replaced, gateway, cancellationToken);
        var first = FirstAsync(replaced.Task, all);
        reading.Add(first);
        reading.Add(all);
        return first;

        static async Task<LineEnd> FirstAsync(Task<LineEnd> replaced, Task<LineEnd> all) => await await Task.WhenAny(replaced, all);
    }

    private async Task<MessengerSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var reply = await client.OpenStreamAsync(cancellationToken);
        if (reply is not { IsOk: true, Answer: { Endpoint: { Length: > 0 } endpoint, Ticket: { Length: > 0 } ticket } })
        {
            throw new PhrasedException(DingTalkFailure.Explain(reply));
        }

        var separator = endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return Uri.TryCreate($"{endpoint}{separator}ticket={Uri.EscapeDataString(ticket)}", UriKind.Absolute, out var address) && settings.IsOwnStream(address)
            ? await sockets.ConnectAsync(DingTalkChannel.Name, address, cancellationToken)
            : throw new PhrasedException(Phrase.Of("channel.forbidden-address", ("name", DingTalkChannel.Name)));
    }

    private async Task<LineEnd> ReadAsync(MessengerSocket socket, TaskCompletionSource<LineEnd> replaced, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var open = socket;
        try
        {
            while (await NextAsync(socket, Replace, drained.Token) is { } bytes)
            {
                if (DingTalkReader.ReadFrame(bytes) is not { Headers: { } headers } frame)
                {
                    continue;
                }

                if (frame.Type == "SYSTEM" && headers.Topic is "disconnect" or "TAG_DISCONNECT")
                {
                    Replace();
                }
                else
                {
                    await AcceptAsync(frame, gateway, cancellationToken);
                }

                await AcknowledgeAsync(socket, frame, replaced.Task.IsCompleted, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its time is over, and the next one has long been there.
        }

        return LineEnd.Closed;

        void Replace()
        {
            if (replaced.TrySetResult(LineEnd.Replaced))
            {
                drained.CancelAfter(options.DrainTime);
            }
        }
    }

    /// <summary>The next frame, however long it takes; <paramref name="onSilence"/> is called once when it takes too long.</summary>
    private async Task<byte[]?> NextAsync(MessengerSocket socket, Action onSilence, CancellationToken cancellationToken)
    {
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = socket.ReceiveAsync(cancellationToken);
        var silence = Task.Delay(options.LongestSilence, time, heard.Token);
        if (await Task.WhenAny(next, silence) == silence && !cancellationToken.IsCancellationRequested)
        {
            onSilence();
        }

        await heard.CancelAsync();
        return await next;
    }

    private async Task AcceptAsync(DingTalkFrame frame, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (frame is { Type: "CALLBACK", Headers.Topic: DingTalkClient.RobotTopic, Data: { } data } && DingTalkReader.ReadMessage(Encoding.UTF8.GetBytes(data)) is { } message)
        {
            await receiver.AcceptAsync(message, gateway, cancellationToken);
        }

        // What is not known is acknowledged, or it would come again and again.
    }

    private static async Task AcknowledgeAsync(MessengerSocket socket, DingTalkFrame frame, bool isReplaced, CancellationToken cancellationToken)
    {
        if (frame.Headers?.MessageId is not { Length: > 0 } id)
        {
            return;
        }

        var data = frame.Type switch
        {
            "SYSTEM" => frame.Data ?? "{}", // a ping wants its own words back
            "EVENT" => """{"status":"SUCCESS","message":"success"}""",
            _ => """{"response":null}""",
        };
        var acknowledgement = new DingTalkAcknowledgement(Ok, new DingTalkAcknowledgedHeaders(id, Json), "OK", data);
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(acknowledgement, DingTalkJson.Default.DingTalkAcknowledgement), cancellationToken);
        }
        catch (PhrasedException) when (isReplaced)
        {
            // The old stream closed first: the frame comes again on the next, and is known by its key.
        }
    }

    private enum LineEnd
    {
        /// <summary>Nothing more comes over it.</summary>
        Closed,

        /// <summary>DingTalk is about to close it, or it has been silent for too long.</summary>
        Replaced,
    }
}
