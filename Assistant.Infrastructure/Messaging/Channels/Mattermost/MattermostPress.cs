using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

// Buttons. Mattermost calls back when one is pressed and signs nothing. But a button carries a context that people's programs never see: the server
// keeps it and sends it with the call. A proof in it, made with a key only we have, shows that the call is about a button of ours; it covers all that
// the press means, the channel included. Who pressed is the server's word, as it is of every post.

/// <summary>The press of a button of ours, as it was called back.</summary>
internal sealed record MattermostPress(string User, string? UserName, string Channel, string Post, string? Trigger, string? Thread, string Data, string Label);

/// <summary>Makes and judges what buttons carry. The key comes from the token: another token, and old buttons mean nothing. Safe for concurrent use.</summary>
internal sealed class MattermostButtons(ConnectionId connection, MattermostSettings settings)
{
    private readonly byte[] _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Token), Encoding.UTF8.GetBytes($"mattermost buttons {connection}"));

    /// <summary>The attachment of a post that shows the buttons.</summary>
    public JsonArray Of(OutboundMessage message, Uri callback) =>
    [
        new JsonObject
        {
            ["fallback"] = string.Join(" / ", message.Body.Buttons.Select(button => button.Label)),
            ["actions"] = new JsonArray([.. message.Body.Buttons.Select((button, i) => ActionOf(message.Chat, button, i, callback))]),
        },
    ];

    /// <summary>The press a call is about; <see langword="null"/> when nothing proves it.</summary>
    public MattermostPress? Read(ReadOnlyMemory<byte> body)
    {
        var call = LooseJson.Parse(body);
        var context = call["context"];
        var (channel, data, label, thread) = (call["channel_id"].Text, context["data"].Text, context["label"].Text, context["thread"].Text ?? "");
        return MattermostIds.IsId(call["user_id"].Text) && MattermostIds.IsId(channel) && MattermostIds.IsId(call["post_id"].Text) && data is { Length: > 0 } && label is not null
            && settings.Token.Length > 0 && CallbackProof.IsHex(context["proof"].Text, ProofOf(channel!, thread, data, label))
            ? new MattermostPress(
                call["user_id"].Text!, call["user_name"].Text, channel!, call["post_id"].Text!, call["trigger_id"].Text, thread.Length == 0 ? null : thread, data, label)
            : null;
    }

    private JsonObject ActionOf(ExternalChat chat, MessageButton button, int number, Uri callback) => new()
    {
        // Letters and digits only: with others the server does not call.
        ["id"] = $"choice{number}",
        ["name"] = button.Label,
        ["type"] = "button",
        ["integration"] = new JsonObject
        {
            ["url"] = callback.AbsoluteUri,
            ["context"] = new JsonObject
            {
                ["data"] = button.Data, ["label"] = button.Label, ["thread"] = chat.ThreadId ?? "",
                ["proof"] = Convert.ToHexStringLower(ProofOf(chat.ExternalId, chat.ThreadId ?? "", button.Data, button.Label)),
            },
        },
    };

    // Each part with its length before it: no two presses are the same bytes.
    private byte[] ProofOf(params ReadOnlySpan<string> parts)
    {
        using var signed = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            signed.Write(length);
            signed.Write(bytes);
        }

        return HMACSHA256.HashData(_key, signed.ToArray());
    }
}
