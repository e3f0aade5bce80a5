using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

// The other way in: sockets that we open and Slack closes every few hours.
//
// Invariants. (1) An envelope is acknowledged after the gateway has committed it; what was not, Slack sends again, on this socket or the next.
// (2) When Slack announces that it will close a socket, the next one greets before the old one is let go, and the old one is listened to for a
// while: nothing falls between them, and what comes over both is one message by its key. (3) One socket is read by one loop, envelope after
// envelope, so that the order of a chat is kept. Rejected: acknowledging first and committing later, which is quicker and loses what a crash
// meets; waiting for the old socket to close before opening the next, which leaves seconds in which Slack finds nobody.

/// <summary>Receives over Socket Mode.</summary>
internal sealed class SlackSocketMode(
    SlackSettings settings, SlackClient client, MessengerSockets sockets, SlackIdentity identity, SlackReceiver receiver, SlackOptions options, TimeProvider time)
{
    /// <summary>
    /// Receives until cancelled. A line that breaks unannounced rises: whoever supervises opens the next. So does that the token is not taken any more, of
    /// which an open socket tells nothing.
    /// </summary>
    public async Task RunAsync(SlackBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new List<Task<LineEnd>>();
        try
        {
            var current = await BeginAsync(reading, host.Gateway, stop.Token);
            host.Connected(bot.Name);
            var watch = WatchAsync(bot, host, stop.Token);
            reading.Add(watch);
            while (true)
            {
                var ended = await Task.WhenAny(reading);
                reading.Remove(ended);
                switch (await ended)
                {
                    case LineEnd.Announced when ended == current:
                        current = await NextLine.OpenAsync(
                            ct => BeginAsync(reading, host.Gateway, ct), () => reading.Exists(line => line != watch && !line.IsCompleted), options.ReopenPause, time, stop.Token);
                        break;
                    case LineEnd.SwitchedOff:
                        throw new PhrasedException(Phrase.Of("slack.socket-off"));
                    case LineEnd.Closed when ended == current:
                        throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", SlackChannel.Name)));
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

    private async Task<LineEnd> WatchAsync(SlackBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        await identity.WatchAsync(host, () => host.Connected(bot.Name), cancellationToken);
        return LineEnd.Closed;
    }

    /// <summary>Opens a socket, waits for its greeting and lets it be read; what is left on one that is replaced is read beside it.</summary>
    /// <returns>Ends when the socket closes, or at once when Slack announces that it will.</returns>
    private async Task<Task<LineEnd>> BeginAsync(List<Task<LineEnd>> reading, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var socket = await OpenAsync(cancellationToken);
        var announced = new TaskCompletionSource<LineEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = ReadAsync(socket, announced, gateway, cancellationToken);
        var first = FirstAsync(announced.Task, all);
        reading.Add(first);
        reading.Add(all);
        return first;

        static async Task<LineEnd> FirstAsync(Task<LineEnd> announced, Task<LineEnd> all) => await await Task.WhenAny(announced, all);
    }

    private async Task<MessengerSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var reply = await client.OpenSocketAsync(cancellationToken);
        if (reply is not { IsOk: true, Answer.Url: { } url })
        {
            throw new PhrasedException(SlackFailure.Explain(reply));
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !settings.IsOwnAddress(address, isSocket: true))
        {
            throw new PhrasedException(Phrase.Of("channel.forbidden-address", ("name", SlackChannel.Name)));
        }

        var socket = await sockets.ConnectAsync(SlackChannel.Name, address, cancellationToken);
        try
        {
            await AwaitGreetingAsync(socket, cancellationToken);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }
    }

    private async Task AwaitGreetingAsync(MessengerSocket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.GreetingPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (await socket.ReceiveAsync(either.Token) is { } frame && SlackEvents.ReadEnvelope(frame) is { Type: "hello" })
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It opened and says nothing.
        }

        throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", SlackChannel.Name)));
    }

    private async Task<LineEnd> ReadAsync(MessengerSocket socket, TaskCompletionSource<LineEnd> announced, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var open = socket;
        try
        {
            while (await socket.ReceiveAsync(drained.Token) is { } frame)
            {
                if (SlackEvents.ReadEnvelope(frame) is not { } envelope)
                {
                    continue;
                }

                if (envelope is { Type: "disconnect", Reason: "link_disabled" })
                {
                    return LineEnd.SwitchedOff;
                }

                if (envelope.Type == "disconnect")
                {
                    announced.TrySetResult(LineEnd.Announced);
                    drained.CancelAfter(options.DrainTime);
                    continue;
                }

                await AcceptAsync(envelope, gateway, cancellationToken);
                await AcknowledgeAsync(socket, envelope, announced.Task.IsCompleted, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its time is over, and the next one has long been there.
        }

        return LineEnd.Closed;
    }

    private async Task AcceptAsync(SlackEnvelope envelope, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (envelope.Payload.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var payload = Encoding.UTF8.GetBytes(envelope.Payload.GetRawText());
        switch (envelope.Type)
        {
            case "events_api" when SlackEvents.ReadCallback(payload) is { } callback:
                await receiver.AcceptAsync(callback, gateway, cancellationToken);
                break;
            case "interactive" when SlackEvents.ReadInteraction(payload) is { } interaction:
                await receiver.AcceptAsync(interaction, gateway, cancellationToken);
                break;
            default:
                // What is not known is acknowledged, or it would come again and again.
                break;
        }
    }

    private static async Task AcknowledgeAsync(MessengerSocket socket, SlackEnvelope envelope, bool isReplaced, CancellationToken cancellationToken)
    {
        if (envelope.EnvelopeId is not { Length: > 0 } id)
        {
            return;
        }

        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new SlackAcknowledgement(id), SlackJson.Default.SlackAcknowledgement), cancellationToken);
        }
        catch (PhrasedException) when (isReplaced)
        {
            // The old socket closed first: the envelope comes again on the next, and is known by its key.
        }
    }

    private enum LineEnd
    {
        /// <summary>Nothing more comes over it.</summary>
        Closed,

        /// <summary>Slack is about to close it.</summary>
        Announced,

        /// <summary>Somebody switched Socket Mode off in the app's settings.</summary>
        SwitchedOff,
    }
}
