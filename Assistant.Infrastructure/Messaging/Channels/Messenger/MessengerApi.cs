using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Calls for one page.</summary>
internal sealed class MessengerApi(MessengerSettings settings, MessengerHttp http)
{
    private readonly GraphApi _graph = new(MessengerChannel.Name, settings.Account, http);
    private readonly string _page = Uri.EscapeDataString(settings.PageId);

    /// <summary>Asks whose token it is.</summary>
    public Task<CallOutcome> ReadPageAsync(CancellationToken cancellationToken) => _graph.GetAsync("me?fields=id,name", cancellationToken);

    /// <summary>The page in the answer to <see cref="ReadPageAsync"/>.</summary>
    public static MessengerPage? PageOf(CallOutcome answer)
        => answer is CallOutcome.Answered { IsSuccess: true, Body: var body } ? GraphApi.Read(body, MessengerJson.Default.MessengerPage) : null;

    /// <summary>What is wrong when the token is another page's, or a person's; <see langword="null"/> when it is this page's, or none answered.</summary>
    public Phrase? WrongPage(CallOutcome answer)
        => answer is CallOutcome.Answered { IsSuccess: true } && PageOf(answer)?.Id != settings.PageId
            ? Phrase.Of("messenger.other-page", ("account", PageOf(answer)?.Name ?? ""))
            : null;

    public Task<CallOutcome> ReadProfileAsync(string person, CancellationToken cancellationToken)
        => _graph.GetAsync($"{person}?fields=name,first_name,last_name", cancellationToken);

    public Task<CallOutcome> SendAsync(JsonObject message, CancellationToken cancellationToken) => _graph.PostAsync($"{_page}/messages", message, cancellationToken);

    /// <summary>Shows a file.</summary>
    /// <param name="type">What it is shown as.</param>
    public Task<CallOutcome> SendFileAsync(ExternalChat chat, OutboundFile file, string type, CancellationToken cancellationToken)
    {
        var message = new JsonObject
        {
            ["attachment"] = new JsonObject { ["type"] = type, ["payload"] = new JsonObject { ["is_reusable"] = false } },
        };
        return _graph.UploadAsync(
            $"{_page}/messages",
            [("recipient", new JsonObject { ["id"] = chat.ExternalId }.ToJsonString()), ("messaging_type", "RESPONSE"), ("message", message.ToJsonString())],
            "filedata", file, file.MediaType, cancellationToken);
    }

    /// <summary>Opens a file at the address the callback named; the address is all the proof it wants.</summary>
    /// <exception cref="AttachmentUnavailableException">It is not handed out, or not now.</exception>
    public Task<Stream> OpenAsync(string address, CancellationToken cancellationToken) => _graph.OpenAsync(address, withToken: false, cancellationToken);
}
