using System.Text.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Testing.InMemory.House;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>One conversation, the same on every messenger; what arrived of it is written down for the table in the README.</summary>
public abstract partial class ChannelContract
{
    [Fact]
    public async Task One_conversation_is_talked_through()
    {
        await using var rig = await StartAsync();
        var talk = new Dictionary<string, string>();

        await rig.SayAsync(Ann, "The boiler is cold. 锅炉不热了");
        Assert.Equal("The boiler is cold. 锅炉不热了", Text((await rig.Gateway.WaitAsync(1, Cancel))[0]));
        await DeliverAsync(Message(rig, new MessageBody("I look at it.")), message => rig.Session.SendAsync(message, Cancel));
        talk["text"] = "yes";

        talk["long"] = (await ShowLongAsync(rig)).ToString(System.Globalization.CultureInfo.InvariantCulture);

        var heard = 1;
        talk["photoIn"] = await HearAsync(rig, ChannelCapabilities.InboundAttachments, async () =>
        {
            await rig.SendFileAsync(Ann, [0xFF, 0xD8, 0xFF, 0xE0]);
            await ReadAsync(rig, (await rig.Gateway.WaitAsync(++heard, Cancel))[^1], [0xFF, 0xD8, 0xFF, 0xE0]);
        });
        talk["voiceIn"] = await HearAsync(rig, ChannelCapabilities.InboundAttachments, async () =>
        {
            await rig.SendVoiceAsync(Ann, [.. "OggS"u8]);
            var said = (await rig.Gateway.WaitAsync(++heard, Cancel))[^1];
            Assert.Equal(rig.VoiceKind, (await ReadAsync(rig, said, [.. "OggS"u8])).Kind);
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

    /// <summary>Sends as the outbox does: what the messenger asks to send later goes out later. So much is said here at once that some ask for a pause.</summary>
    private static async Task DeliverAsync(OutboundMessage message, Func<OutboundMessage, Task<SendOutcome>> send)
    {
        var outcome = await send(message);
        for (var pauses = 0; pauses < 3 && outcome is SendOutcome.RetryAfter { Delay: { } pause }; pauses++)
        {
            await Task.Delay(pause, TimeProvider.System, Cancel);
            outcome = await send(message);
        }

        Assert.IsType<SendOutcome.Delivered>(outcome);
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

    /// <summary>Opens the one file of a message, which holds what was sent.</summary>
    private static async Task<Attachment> ReadAsync(ChannelRig rig, InboundMessage message, byte[] sent)
    {
        var file = Assert.Single(((InboundContent.Said)message.Content).Attachments);
        await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(file, Cancel);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);
        Assert.Equal(sent, bytes.ToArray());
        return file;
    }

    private static async Task<string> ShowAsync(ChannelRig rig, OutboundFile file, int files)
    {
        if (!rig.Channel.Manifest.TakesFilesOf(file.MediaType))
        {
            return "no";
        }

        await DeliverAsync(Message(rig, new MessageBody("")), message => SendFileAsync(rig, message, file));
        Assert.Equal(files, rig.FilesShownTo(Ann).Count);
        return "yes";
    }

    /// <returns><c>yes</c> for a button that was pressed, <c>numbered</c> where it is a line to answer by its number.</returns>
    private static async Task<string> AskAsync(ChannelRig rig, Func<int> next)
    {
        var question = new MessageBody("When shall somebody come?", [new MessageButton("Monday", "day:1"), new MessageButton("Tuesday", "day:2")]);
        foreach (var part in OutboundParts.For(rig.Channel.Manifest, question))
        {
            await DeliverAsync(Message(rig, part) with { Chat = rig.Gateway.Stored[0].Chat }, message => rig.Session.SendAsync(message, Cancel));
        }

        if (!rig.Channel.Manifest.Can(ChannelCapabilities.Buttons))
        {
            Assert.Matches(@"1.{1,4}Monday[\s\S]*2.{1,4}Tuesday", rig.ShownTo(Ann)[^1]);
            await rig.AnswerAsync(Ann, "2");
            Assert.Equal("day:2", (await UnderstandAsync(rig, question, (await rig.Gateway.WaitAsync(next(), Cancel))[^1]))?.Data);
            return "numbered";
        }

        await rig.PressAsync(Ann, "day:2");
        Assert.Equal(new InboundContent.Pressed("day:2", "Tuesday"), (await rig.Gateway.WaitAsync(next(), Cancel))[^1].Content);
        return "yes";
    }

    /// <returns>The button an answer presses, as a turn reads it.</returns>
    private static async Task<MessageButton?> UnderstandAsync(ChannelRig rig, MessageBody question, InboundMessage answer)
    {
        var house = await MemoryPorts.OpenAsync();
        await house.Tenants.EnsureAsync(rig.Connection.Tenant, "Home", Cancel);
        var conversation = await StoreAsync(rig.Gateway.Stored[0]);
        var asked = await BeginAsync();
        await house.Turns.CommitAsync(
            new TurnCommit(
                Guid.CreateVersion7(), asked.Conversation, asked.Entry, asked.Conversation.Version, asked.Utterance.EditedAt, TurnResult.Answered, question, [question], null, [],
                false, null, asked.Entry.ReceivedAt),
            Cancel);
        await StoreAsync(answer);
        return NumberedAnswer.Find(await BeginAsync());

        async Task<ConversationId> StoreAsync(InboundMessage message)
            => Assert.IsType<InboxOutcome.Stored>(await house.Inbox.StoreAsync(rig.Connection, message, _ => new Admission.Admit(), Cancel)).Conversation;

        async Task<TurnStart> BeginAsync() => Assert.IsType<TurnStart>(await house.Turns.BeginAsync(conversation, 20, house.Clock.GetUtcNow(), Cancel));
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
