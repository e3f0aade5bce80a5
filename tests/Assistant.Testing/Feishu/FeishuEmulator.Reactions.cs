using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Feishu;

// Reactions, whose events name a message and no chat; and messages that are asked for.
public sealed partial class FeishuEmulator
{
    private const long FirstReaction = 1_767_225_600_000;

    private volatile string? _leftGroup;

    /// <summary>Somebody reacts to a message, or takes that back.</summary>
    /// <param name="type">The type of the emoji, as Feishu names it.</param>
    public void React(int person, string message, string type, bool isTakenBack = false)
        => Tell($"im.message.reaction.{(isTakenBack ? "deleted" : "created")}_v1", NewReaction(message, type, $"user {person}", isTakenBack, reaction =>
        {
            reaction["operator_type"] = "user";
            reaction["user_id"] = new JsonObject { ["union_id"] = $"on_{person}", ["user_id"] = $"u{person}", ["open_id"] = UserOf(person) };
        }));

    /// <summary>The app reacts itself.</summary>
    public void ReactAsApp(string message, string type) => Tell("im.message.reaction.created_v1", NewReaction(message, type, "app", isTakenBack: false, reaction =>
    {
        reaction["operator_type"] = "app";
        reaction["app_id"] = AppId;
    }));

    /// <summary>Tells what was told last once more, as another event.</summary>
    public void TellLastAnew()
    {
        var body = JsonNode.Parse(_deliveries.Last!.Body)!.AsObject();
        body["header"]!["event_id"] = NextId("ev");
        TellRaw(body);
    }

    /// <summary>The app is taken out of the group.</summary>
    public void LeaveGroup() => _leftGroup = Group;

    // The event of one that is taken back has the time at which it was given.
    private JsonObject NewReaction(string message, string type, string who, bool isTakenBack, Action<JsonObject> change)
    {
        var mark = $"{message}/{type}/{who}";
        var at = isTakenBack ? _given[mark] : _given[mark] = FirstReaction + Interlocked.Increment(ref _number);
        var reaction = new JsonObject
        {
            ["message_id"] = message, ["reaction_type"] = new JsonObject { ["emoji_type"] = type }, ["action_time"] = at.ToString(CultureInfo.InvariantCulture),
        };
        change(reaction);
        return reaction;
    }

    private Task FindAsync(HttpContext context, string id, bool cuts)
    {
        if (cuts)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        if (!_messages.TryGetValue(id, out var message))
        {
            return AnswerAsync(context, 230001, "Your request contains an invalid request parameter, ext=invalid message_id.");
        }

        if (message.Chat == _leftGroup)
        {
            return AnswerAsync(context, 230002, "The bot can not be outside the group.");
        }

        if (_recalled.ContainsKey(id))
        {
            return AnswerAsync(context, 230110, "Action unavailable as the message has been deleted.");
        }

        return SucceedAsync(context, new JsonObject
        {
            ["items"] = new JsonArray(new JsonObject
            {
                ["message_id"] = id, ["msg_type"] = "text", ["create_time"] = "1767225600000", ["update_time"] = "1767225600000", ["deleted"] = false, ["updated"] = false,
                ["chat_id"] = message.Chat, ["body"] = new JsonObject { ["content"] = """{"text":"x"}""" },
                ["sender"] = new JsonObject
                {
                    ["id"] = message.SenderType == "app" ? AppId : "ou_1", ["id_type"] = message.SenderType == "app" ? "app_id" : "open_id", ["sender_type"] = message.SenderType,
                },
            }),
        });
    }
}
