using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>One conversation, the same on every messenger; what arrived of it is written down for the table in the README.</summary>
public abstract partial class ChannelContract
{
    private const string Long = """
        ## Boiler

        Two **parts** are worn, see the [manual](https://example.test/manual_1?a=b&c=d):

        | part | price | 备注 |
        |---|---:|---|
        | valve | 12.50 | 有货 |
        | *pump* | 140 | 需订购 👍🏽 |

        ```sh
        boiler --status | grep "hot & cold"
        ```

        1. Order the pump
        2. Close the valve, then:
           - wait an hour
           - open it again
        """;

    private static readonly string[] MustArrive = ["Boiler", "parts", "manual", "valve", "12.50", "有货", "pump", "140", "需订购", "👍🏽", "boiler --status | grep", "Order the pump", "wait an hour"];

    [Fact]
    public async Task One_conversation_is_talked_through()
    {
        await using var rig = await StartAsync();
        var talk = new Dictionary<string, string>();

        await rig.SayAsync(Ann, "The boiler is cold. 锅炉不热了");
        Assert.Equal("The boiler is cold. 锅炉不热了", Text((await rig.Gateway.WaitAsync(1, Cancel))[0]));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "I look at it."));
        talk["text"] = "yes";

        foreach (var part in OutboundParts.For(rig.Channel.Manifest, new MessageBody(Long)))
        {
            Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, part), Cancel));
        }

        var shown = rig.ShownTo(Ann).Skip(1).ToList();
        Assert.All(MustArrive, word => Assert.Contains(word, string.Join('\n', shown), StringComparison.Ordinal));
        talk["long"] = shown.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var heard = 1;
        talk["photoIn"] = await HearAsync(rig, ChannelCapabilities.InboundAttachments, async () =>
        {
            await rig.SendFileAsync(Ann, [0xFF, 0xD8, 0xFF, 0xE0]);
            var photo = (await rig.Gateway.WaitAsync(++heard, Cancel))[^1];
            await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(Assert.Single(((InboundContent.Said)photo.Content).Attachments), Cancel);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, Cancel);
            Assert.Equal([0xFF, 0xD8, 0xFF, 0xE0], bytes.ToArray());
        });
        talk["photoOut"] = await ShowAsync(rig, File("image", "valve.jpg", "image/jpeg", Content), files: 1);
        talk["voiceOut"] = await ShowAsync(rig, File("voice", "note.ogg", "audio/ogg", Content), files: 2);
        talk["button"] = await AskAsync(rig, () => ++heard);

        await rig.SayAsync(Ann, "Tuseday, please");
        await rig.Gateway.WaitAsync(++heard, Cancel);
        talk["edit"] = await HearAsync(rig, ChannelCapabilities.InboundEdits, async () =>
        {
            await rig.EditLastAsync(Ann, "Tuesday, please");
            Assert.Equal(new InboundContent.Edited("Tuesday, please"), (await rig.Gateway.WaitAsync(++heard, Cancel))[^1].Content);
        });
        talk["group"] = await HearAsync(rig, ChannelCapabilities.None, async () =>
        {
            await rig.SayInGroupAsync(Bob, "is it warm again?", isMention: true);
            var asked = (await rig.Gateway.WaitAsync(++heard, Cancel))[^1];
            Assert.Equal(("is it warm again?", true, true), (Text(asked).Trim(), asked.IsAddressed, asked.Chat.IsGroup));
        });

        Assert.Equal(heard, rig.Gateway.Stored.Count);
        WriteDown(rig, talk);
    }

    /// <returns><c>yes</c>, or <c>no</c> where the messenger has not got it.</returns>
    private static async Task<string> HearAsync(ChannelRig rig, ChannelCapabilities needs, Func<Task> act)
    {
        if (!rig.Channel.Manifest.Can(needs))
        {
            return "no";
        }

        try
        {
            await act();
            return "yes";
        }
        catch (NotSupportedException)
        {
            return "no";
        }
    }

    private static async Task<string> ShowAsync(ChannelRig rig, OutboundFile file, int files)
    {
        if (!rig.Channel.Manifest.TakesFilesOf(file.MediaType))
        {
            return "no";
        }

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, file));
        Assert.Equal(files, rig.FilesShownTo(Ann).Count);
        return "yes";
    }

    /// <returns><c>yes</c> for a button that was pressed, <c>numbered</c> where it is a line to answer by its number.</returns>
    private static async Task<string> AskAsync(ChannelRig rig, Func<int> next)
    {
        var question = new MessageBody("When shall somebody come?", [new MessageButton("Monday", "day:1"), new MessageButton("Tuesday", "day:2")]);
        foreach (var part in OutboundParts.For(rig.Channel.Manifest, question))
        {
            Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, part), Cancel));
        }

        if (!rig.Channel.Manifest.Can(ChannelCapabilities.Buttons))
        {
            Assert.Matches(@"1.{1,4}Monday[\s\S]*2.{1,4}Tuesday", rig.ShownTo(Ann)[^1]);
            return "numbered";
        }

        await rig.PressAsync(Ann, "day:2");
        Assert.Equal(new InboundContent.Pressed("day:2", "Tuesday"), (await rig.Gateway.WaitAsync(next(), Cancel))[^1].Content);
        return "yes";
    }

    // Only where somebody asks for it: the script that runs the tests does.
    private void WriteDown(ChannelRig rig, Dictionary<string, string> talk)
    {
        if (Environment.GetEnvironmentVariable("ASSISTANT_TALK_RESULTS") is { Length: > 0 } folder)
        {
            System.IO.File.WriteAllText(
                Path.Combine(folder, $"{GetType().Name}.talk.json"), JsonSerializer.Serialize(new { channel = rig.Channel.Manifest.DisplayName, talk }));
        }
    }
}
