using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

// https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload: one retained message describes a device with all its entities;
// an empty one takes them away again.

/// <summary>How Home Assistant comes to know the assistant. Pure.</summary>
internal static class MqttDiscovery
{
    /// <summary>Home Assistant evaluates it once for each message, so that what it says has an id that stays the same over redeliveries.</summary>
    private const string Say = "{{ {'id': 'ha-' ~ now().timestamp(), 'from': 'Home Assistant', 'text': value} | tojson }}";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the description is published.</summary>
    public static string TopicOf(string prefix, ConnectionId connection) => $"{prefix}/device/assistant-{connection}/config";

    /// <summary>
    /// Three entities: a field to write to the assistant, the same as an action of automations, and its last answer (255 characters, as much as a
    /// state holds; all of it in the attributes).
    /// </summary>
    public static string Describe(Connection connection, string user, MqttTopics topics)
    {
        var (id, say) = ($"assistant-{connection.Id}", topics.In(user));
        var answers = topics.Out(new ExternalChat(user));
        return new JsonObject
        {
            ["device"] = new JsonObject { ["identifiers"] = new JsonArray(id), ["name"] = connection.DisplayName, ["manufacturer"] = "Assistant" },
            ["origin"] = new JsonObject { ["name"] = "Assistant" },
            ["availability_topic"] = topics.Status,
            ["qos"] = 1,
            ["components"] = new JsonObject
            {
                ["say"] = new JsonObject
                {
                    ["platform"] = "text", ["unique_id"] = $"{id}-say", ["name"] = "Say", ["icon"] = "mdi:chat-outline",
                    ["command_topic"] = say, ["command_template"] = Say,
                },
                ["tell"] = new JsonObject
                {
                    ["platform"] = "notify", ["unique_id"] = $"{id}-tell", ["name"] = "Tell", ["command_topic"] = say, ["command_template"] = Say,
                },
                ["answer"] = new JsonObject
                {
                    ["platform"] = "sensor", ["unique_id"] = $"{id}-answer", ["name"] = "Answer", ["icon"] = "mdi:message-reply-text-outline",
                    ["state_topic"] = answers, ["value_template"] = "{{ value_json.text[:255] }}", ["json_attributes_topic"] = answers,
                },
            },
        }.ToJsonString(Json);
    }
}
