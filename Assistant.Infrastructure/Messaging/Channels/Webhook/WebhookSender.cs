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

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        using var request = NewRequest(message);
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

    private HttpRequestMessage NewRequest(OutboundMessage message)
    {
        var values = new Dictionary<string, string>
        {
            ["text"] = settings.IsMarkdown
                ? message.Body.Markdown
                : Rendered.Fit(message.Body.Markdown, WebhookChannel.Limit, PlainRenderer.Render, words => words),
            ["chat"] = message.Chat.ExternalId,
            ["thread"] = message.Chat.ThreadId ?? "",
            ["id"] = message.Id.ToString("N"),
            ["replyTo"] = message.ReplyToExternalId ?? "",
        };
        var body = settings.Template!.BodyFor(values);
        var request = new HttpRequestMessage(HttpMethod.Post, settings.Template.AddressFor(values)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        switch (settings.SendAuth)
        {
            case "bearer":
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {settings.SendSecret}");
                break;
            case "header":
                request.Headers.TryAddWithoutValidation(settings.SendHeader, settings.SendSecret);
                break;
            case "signature":
                var timestamp = settings.TimestampHeader is null ? "" : time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                request.Headers.TryAddWithoutValidation(settings.SendHeader, settings.Rule.Sign(settings.SendSecret, body, timestamp));
                if (settings.TimestampHeader is { } header)
                {
                    request.Headers.TryAddWithoutValidation(header, timestamp);
                }

                break;
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
