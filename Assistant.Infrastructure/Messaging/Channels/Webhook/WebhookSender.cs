using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Shows messages. One call each.</summary>
internal sealed class WebhookSender(WebhookSettings settings, MessengerHttp http, TimeProvider time)
{
    /// <summary>As the messages about failures call the platform.</summary>
    public const string Platform = "Webhook";

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => SayAsync(
        message,
        settings.IsMarkdown ? message.Body.Markdown : Rendered.Fit(message.Body.Markdown, WebhookChannel.Limit, PlainRenderer.Render, words => words),
        cancellationToken);

    /// <summary>Has the platform fetch a file, or says where it is.</summary>
    /// <param name="address">Where, for <see cref="WebhookFiles.FetchedWithin"/>.</param>
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, string address, CancellationToken cancellationToken)
        => settings.FileTemplate is { } template
            ? PostAsync(template, message, [("file", address), ("fileName", file.Name), ("fileType", file.MediaType)], cancellationToken)
            : SayAsync(message, settings.IsMarkdown ? $"{file.Name}\n<{address}>" : $"{file.Name}\n{address}", cancellationToken);

    /// <summary>Puts what proves who we are on a request that says nothing else.</summary>
    public void Prove(HttpRequestMessage request)
    {
        if (settings.SendAuth == "bearer")
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {settings.SendSecret}");
        }
        else if (settings.SendAuth == "header")
        {
            request.Headers.TryAddWithoutValidation(settings.SendHeader, settings.SendSecret);
        }
    }

    private Task<SendOutcome> SayAsync(OutboundMessage message, string text, CancellationToken cancellationToken)
        => PostAsync(settings.Template!, message, [("text", text)], cancellationToken);

    private async Task<SendOutcome> PostAsync(
        OutgoingTemplate template, OutboundMessage message, IReadOnlyList<(string Name, string Value)> values, CancellationToken cancellationToken)
    {
        using var request = NewRequest(template, message, values);
        if (request is null)
        {
            return SessionReports.NoSuchChat(Platform, message.Chat);
        }

        var outcome = await http.CallAsync(Platform, request, cancellationToken);
        return CallFaults.OutcomeOf(Platform, outcome, PauseScope.Chat) ?? Judge((CallOutcome.Answered)outcome, message);
    }

    private SendOutcome Judge(CallOutcome.Answered answer, OutboundMessage message)
    {
        using var document = TryParse(answer.Body);
        var root = document?.RootElement;
        if (answer.IsSuccess && (settings.SentOk is null || (root is { } said && settings.SentOk.HoldsIn(said))))
        {
            return new SendOutcome.Delivered((root is { } body ? settings.SentId?.TextIn(body) : null) ?? message.Id.ToString("N"));
        }

        var reason = root is { } told ? settings.SentError?.TextIn(told) : null;
        return new SendOutcome.Rejected(Phrase.Of(
            "channel.refuses", ("name", Platform), ("says", reason ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>The request; <see langword="null"/> when the chat has no address.</summary>
    private HttpRequestMessage? NewRequest(OutgoingTemplate template, OutboundMessage message, IReadOnlyList<(string Name, string Value)> content)
    {
        var values = new Dictionary<string, string>
        {
            ["chat"] = message.Chat.ExternalId,
            ["thread"] = message.Chat.ThreadId ?? "",
            ["id"] = message.Id.ToString("N"),
            ["replyTo"] = message.ReplyToExternalId ?? "",
        };
        foreach (var (name, value) in content)
        {
            values.Add(name, value);
        }

        if (template.AddressFor(values) is not { } address)
        {
            return null;
        }

        var body = template.BodyFor(values);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        Prove(request);
        if (settings.SendAuth == "signature")
        {
            var timestamp = settings.TimestampHeader is null ? "" : time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.TryAddWithoutValidation(settings.SendHeader, settings.Rule.Sign(settings.SendSecret, body, timestamp));
            if (settings.TimestampHeader is { } header)
            {
                request.Headers.TryAddWithoutValidation(header, timestamp);
            }
        }

        return request;
    }

    private static JsonDocument? TryParse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
