using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Tenancy;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

/// <summary><c>/webhooks/{connection}</c>: every messenger's callbacks. The channel verifies and parses; nothing here knows a messenger.</summary>
/// <remarks>An unknown connection answers like a refused callback, so that names cannot be found out by trying.</remarks>
internal static class WebhookEndpoint
{
    /// <summary>Meta puts up to 3 MB into one callback; what is refused here would never come.</summary>
    public const int MaxBodyBytes = 4 << 20;

    private const string RetryAfterSeconds = "5";

    public static void Map(IEndpointRouteBuilder endpoints)
        => endpoints.MapMethods("/webhooks/{connection}", [HttpMethods.Get, HttpMethods.Post], ReceiveAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).OpenTo("messengers, by the signature or secret their channel verifies")
            .Audits(
                AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused,
                AuditActions.PairingRequested).DisableAntiforgery().ExcludeFromDescription();

    private static async Task ReceiveAsync(
        HttpContext context, string connection, IChannelSessions sessions, IMessageGateway gateway, WrongSecrets wrong, IConnectionSupervisor supervisor)
    {
        if (!supervisor.HasStarted)
        {
            // Sessions are still opening: a messenger must not take this for a refusal.
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var session = Slug.IsValid(connection) ? sessions.Find(new ConnectionId(connection)) as IWebhookReceiver : null;
        // What has no receiver shares one budget: names that are made up must not fill the table.
        var from = (NetworkKey.Of(context), session is null ? (ConnectionId?)null : new ConnectionId(connection));
        if (!wrong.Webhooks.IsOpenTo(from))
        {
            context.Response.StatusCode = WebhookReply.Refused.Status;
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var reply = session is null ? WebhookReply.Refused : await session.ReceiveAsync(ToRequest(context, body), gateway, context.RequestAborted);
        if (reply == WebhookReply.Refused)
        {
            wrong.Webhooks.Count(from);
        }

        context.Response.StatusCode = reply.Status;
        if (reply.Body is { } text)
        {
            context.Response.ContentType = reply.ContentType;
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
    }

    /// <returns><see langword="null"/> when the body is larger than <see cref="MaxBodyBytes"/>.</returns>
    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            if (body.Length + read > MaxBodyBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static WebhookRequest ToRequest(HttpContext context, byte[] body) => new(
        context.Request.Method,
        context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal),
        context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal),
        body);
}
