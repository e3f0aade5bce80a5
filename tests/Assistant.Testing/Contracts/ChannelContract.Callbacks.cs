using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

// What is called from outside: nothing is believed without its proof.
public abstract partial class ChannelContract
{
    [Fact]
    public async Task A_callback_with_its_proof_is_stored_once()
    {
        await using var rig = await StartAsync();
        var callback = await CallbackAsync(rig, TimeSpan.Zero);

        Assert.InRange((await ReceiveAsync(rig, callback)).Status, 200, 299);
        await ReceiveAsync(rig, callback);

        Assert.Equal(["signed 签名"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_callback_is_acknowledged_after_it_is_stored()
    {
        await using var rig = await StartAsync();
        var callback = await CallbackAsync(rig, TimeSpan.Zero);
        rig.Gateway.FailNext();

        var outcome = await Record.ExceptionAsync(async () => Assert.InRange((await ReceiveAsync(rig, callback)).Status, 500, 599));

        Assert.True(outcome is null or IOException, $"{outcome}"); // either makes the messenger deliver again
        Assert.InRange((await ReceiveAsync(rig, callback)).Status, 200, 299);
        Assert.Equal(["signed 签名"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_proof_altered_in_any_place_is_refused()
    {
        await using var rig = await StartAsync();
        var callback = await CallbackAsync(rig, TimeSpan.Zero);
        Assert.NotEmpty(rig.ProofNames);

        foreach (var name in rig.ProofNames)
        {
            var isHeader = callback.Headers.TryGetValue(name, out var proof);
            proof ??= callback.Query[name];
            for (var i = 0; i < proof.Length; i++)
            {
                Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, With(name, proof[..i] + (proof[i] == 'a' ? 'b' : 'a') + proof[(i + 1)..], isHeader)));
            }

            Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, With(name, "", isHeader)));
            Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, With(name, null, isHeader)));
        }

        Assert.Empty(rig.Gateway.Offered);

        WebhookRequest With(string name, string? value, bool isHeader) => isHeader
            ? callback with { Headers = Changed(callback.Headers, name, value) }
            : callback with { Query = Changed(callback.Query, name, value) };
    }

    [Fact]
    public async Task A_body_altered_in_any_byte_is_refused()
    {
        await using var rig = await StartAsync();
        var callback = await CallbackAsync(rig, TimeSpan.Zero);
        Assert.SkipUnless(rig.ProofCoversBody, "The messenger sends a secret along and signs nothing.");

        for (var i = 0; i < callback.Body.Length; i++)
        {
            var body = callback.Body.ToArray();
            body[i] ^= 1;
            Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, callback with { Body = body }));
        }

        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_callback_from_another_time_is_refused()
    {
        await using var rig = await StartAsync();
        await CallbackAsync(rig, TimeSpan.Zero);
        Assert.SkipUnless(rig.CallbackTolerance is not null, "The messenger signs no time.");
        var (within, beyond) = (rig.CallbackTolerance.Value - TimeSpan.FromSeconds(20), rig.CallbackTolerance.Value + TimeSpan.FromSeconds(20));

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, await CallbackAsync(rig, beyond)));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, await CallbackAsync(rig, -beyond)));
        Assert.Empty(rig.Gateway.Offered);
        Assert.InRange((await ReceiveAsync(rig, await CallbackAsync(rig, within))).Status, 200, 299);
        Assert.InRange((await ReceiveAsync(rig, await CallbackAsync(rig, -within))).Status, 200, 299);
    }

    [Fact]
    public async Task Bad_callbacks_are_answered_not_thrown()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Session is IWebhookReceiver, "The channel has no webhook.");

        foreach (var body in new[] { "", "{", "null", "[]", "{\"update_id\":1}", "\0\u0001" })
        {
            var request = new WebhookRequest(
                "POST", new Dictionary<string, string>(), new Dictionary<string, string>(), System.Text.Encoding.UTF8.GetBytes(body));

            var reply = await ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel);

            Assert.InRange(reply.Status, 400, 499);
        }

        Assert.Empty(rig.Gateway.Offered);
    }

    private static async Task<WebhookRequest> CallbackAsync(ChannelRig rig, TimeSpan age)
    {
        WebhookRequest? callback = null;
        await TryAsync(() =>
        {
            callback = rig.NewCallback(Ann, "signed 签名", age);
            return Task.CompletedTask;
        });
        return callback!;
    }

    private static Task<WebhookReply> ReceiveAsync(ChannelRig rig, WebhookRequest request)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel);

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> values, string name, string? value)
    {
        var changed = values.Where(pair => pair.Key != name).ToDictionary();
        if (value is not null)
        {
            changed[name] = value;
        }

        return changed;
    }
}
