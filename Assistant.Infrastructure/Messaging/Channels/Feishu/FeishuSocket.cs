using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

// The other way in: a WebSocket that we open. Feishu keeps what is not acknowledged and sends it again, on the next connection when this one is gone, by
// the same schedule as to a webhook; so a line that breaks loses nothing, and the supervisor opens the next. Events come one after another and are
// committed before they are acknowledged, in one loop, so that the order of a chat is kept.

/// <summary>Receives over Feishu's long connection.</summary>
internal sealed class FeishuSocket(FeishuSettings settings, FeishuClient client, MessengerSockets sockets, FeishuReceiver receiver, FeishuOptions options, TimeProvider time)
{
    private const int Ok = 200;
    private const int Again = 500;

    /// <summary>Receives until cancelled. A line that breaks rises: whoever supervises opens the next.</summary>
    public async Task RunAsync(FeishuBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        var address = await AskAddressAsync(cancellationToken);
        await using var socket = await sockets.ConnectAsync(settings.Messenger, address, cancellationToken);
        host.Connected(bot.AppName ?? settings.AppId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pinging = PingAsync(socket, ServiceOf(address), stop.Token);
        try
        {
            await ReadAsync(socket, host.Gateway, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await pinging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", settings.Messenger)));
    }

    private async Task<Uri> AskAddressAsync(CancellationToken cancellationToken)
    {
        var reply = await client.OpenSocketAsync(cancellationToken);
        return !reply.IsOk || reply.Text("URL") is not { Length: > 0 } url ? throw new PhrasedException(FeishuFailure.Explain(settings.Messenger, reply))
            : Uri.TryCreate(url, UriKind.Absolute, out var address) && settings.IsOwnSocket(address) ? address
            : throw new PhrasedException(Phrase.Of("channel.forbidden-address", ("name", settings.Messenger)));
    }

    private async Task ReadAsync(MessengerSocket socket, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var parts = new FeishuParts();
        while (await socket.ReceiveAsync(cancellationToken) is { } bytes)
        {
            if (FeishuFrame.Read(bytes) is not { Method: FeishuFrame.Data } frame || parts.Join(frame) is not { } payload)
            {
                continue; // a pong, or a part of something longer
            }

            // What cannot be read or is nothing for us is acknowledged, or it would come again and again.
            var receipt = FeishuEvents.ReadCallback(payload) is { } callback ? await receiver.AcceptAsync(callback, gateway, cancellationToken) : FeishuReceipt.Taken;
            await AcknowledgeAsync(socket, frame, receipt, cancellationToken);
        }
    }

    private static Task AcknowledgeAsync(MessengerSocket socket, FeishuFrame frame, FeishuReceipt receipt, CancellationToken cancellationToken)
    {
        var payload = new FeishuFrameAnswer(receipt.IsTaken ? Ok : Again, receipt.Answer is { } answer ? Encoding.UTF8.GetBytes(answer) : null);
        var acknowledgement = frame with
        {
            Headers = [.. frame.Headers, KeyValuePair.Create("biz_rt", "0")],
            Payload = JsonSerializer.SerializeToUtf8Bytes(payload, FeishuJson.Default.FeishuFrameAnswer),
        };
        return socket.SendBinaryAsync(acknowledgement.Write(), cancellationToken);
    }

    private async Task PingAsync(MessengerSocket socket, int service, CancellationToken cancellationToken)
    {
        var ping = new FeishuFrame(0, 0, service, FeishuFrame.Control, [KeyValuePair.Create("type", "ping")], []).Write();
        while (true)
        {
            await socket.SendBinaryAsync(ping, cancellationToken);
            await Task.Delay(options.PingInterval, time, cancellationToken);
        }
    }

    private static int ServiceOf(Uri address)
        => FormBody.Read(Encoding.UTF8.GetBytes(address.Query.TrimStart('?'))).TryGetValue("service_id", out var id)
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var service) ? service : 0;
}

/// <summary>Puts together what comes in several frames. Of what is never completed little is kept.</summary>
internal sealed class FeishuParts
{
    private const int MostParts = 64;
    private const int MostPending = 16;
    private const int MostBytes = 4 << 20;

    private readonly Dictionary<string, byte[]?[]> _pending = new(StringComparer.Ordinal);

    /// <summary>The whole payload, once the last of its frames is there.</summary>
    public byte[]? Join(FeishuFrame frame)
    {
        var (count, at) = (frame.Number("sum"), frame.Number("seq"));
        if (count <= 1)
        {
            return frame.Payload;
        }

        if (count > MostParts || at >= count || frame.Header("message_id") is not { Length: > 0 } id)
        {
            return null;
        }

        if (!_pending.TryGetValue(id, out var parts) || parts.Length != count)
        {
            if (_pending.Count >= MostPending)
            {
                _pending.Clear(); // it comes again
            }

            _pending[id] = parts = new byte[]?[count];
        }

        parts[at] = frame.Payload;
        if (parts.Sum(part => (long)(part?.Length ?? 0)) > MostBytes)
        {
            _pending.Remove(id); // no event is as large
            return null;
        }

        if (parts.Any(part => part is null))
        {
            return null;
        }

        _pending.Remove(id);
        return [.. parts.SelectMany(part => part!)];
    }
}
