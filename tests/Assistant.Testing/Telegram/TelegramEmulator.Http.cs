using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Telegram;

public sealed partial class TelegramEmulator
{
    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.StartsWith($"/file/bot{Token}/", StringComparison.Ordinal))
        {
            await SendFileAsync(context, path[(path.LastIndexOf('/') + 1)..]);
            return;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var bot, var method])
        {
            await AnswerAsync(context, Error(404, "Not Found"));
            return;
        }

        if (bot != "bot" + Token)
        {
            await AnswerAsync(context, Error(401, "Unauthorized"));
            return;
        }

        var (call, file) = await ReadAsync(context.Request, method);
        _calls.Enqueue(new TelegramCall(method, call));
        Changed();
        _faults.TryGetValue(method, out var faults);
        var fault = faults is not null && faults.TryDequeue(out var next) ? next : null;
        try
        {
            await AnswerAsync(context, method, call, file, fault);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            Changed();
        }
    }

    private async Task AnswerAsync(HttpContext context, string method, JsonObject call, EmulatedFile? file, TelegramFault? fault)
    {
        switch (fault)
        {
            case TelegramFault.Error error:
                await AnswerAsync(context, Error(error.Code, error.Description, error.RetryAfterSeconds, error.MigrateToChatId));
                return;
            case TelegramFault.Page page:
                context.Response.StatusCode = page.Status;
                await context.Response.WriteAsync("<html>Bad day</html>", context.RequestAborted);
                return;
            case TelegramFault.Cut { AfterEffect: false }:
                context.Abort();
                return;
            default:
                break;
        }

        JsonObject answer;
        try
        {
            answer = new JsonObject { ["ok"] = true, ["result"] = await RunAsync(method, call, file, context.RequestAborted) };
        }
        catch (TelegramRefusal refusal)
        {
            answer = Error(refusal.Code, refusal.Message);
        }

        switch (fault)
        {
            case TelegramFault.Cut:
                context.Abort();
                break;
            case TelegramFault.Silence:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            default:
                await AnswerAsync(context, answer);
                break;
        }
    }

    private async Task<JsonNode?> RunAsync(string method, JsonObject call, EmulatedFile? file, CancellationToken cancellationToken)
    {
        switch (method.ToLowerInvariant())
        {
            case "getme":
                return Bot();
            case "getupdates":
                return await _updates.PollAsync(call, cancellationToken);
            case "setwebhook":
                _updates.SetWebhook((string?)call["url"], (string?)call["secret_token"]);
                return true;
            case "deletewebhook":
                _updates.SetWebhook(null, null);
                return true;
            case "getwebhookinfo":
                return _updates.WebhookInfo();
            case "sendmessage":
                return Render(_box.Send(call));
            case "senddocument" or "sendphoto" or "sendanimation" or "sendvoice" or "sendaudio" or "sendvideo":
                return Render(_box.SendFile(call, file));
            case "editmessagetext":
                return Render(_box.EditText(call));
            case "editmessagereplymarkup" when IsLenient:
                return Render(_box.FindShown((int)call["message_id"]!) ?? new EmulatedMessage((long)call["chat_id"]!, (int)call["message_id"]!, true, "", null, null, null, null));
            case "editmessagereplymarkup":
                return Render(_box.EditMarkup(call));
            case "deletemessage":
                _box.Delete(call);
                return true;
            case "getfile":
                return FileOf((string?)call["file_id"] ?? "");
            case "sendchataction" or "answercallbackquery":
                return true;
            default:
                throw new TelegramRefusal(404, "Not Found");
        }
    }

    private JsonObject FileOf(string id) => _files.TryGetValue(id, out var content)
        ? new JsonObject { ["file_id"] = id, ["file_unique_id"] = "u" + id, ["file_size"] = content.Length, ["file_path"] = "documents/" + id }
        : throw new TelegramRefusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");

    private async Task SendFileAsync(HttpContext context, string id)
    {
        if (_files.TryGetValue(id, out var content))
        {
            context.Response.ContentLength = content.Length;
            if (SendsHalves)
            {
                await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                Interlocked.Increment(ref _fetches);
                Changed();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            Interlocked.Increment(ref _fetches);
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    private void OnShown(EmulatedMessage message)
    {
        if (_shownLog is not null)
        {
            lock (_box)
            {
                File.AppendAllText(_shownLog, JsonSerializer.Serialize(new { message.Chat, message.Id, message.Text }) + "\n");
            }
        }

        Changed();
    }

    private void Changed()
        => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private static JsonObject Error(int code, string description, int? retryAfter = null, long? migrateTo = null)
    {
        var answer = new JsonObject { ["ok"] = false, ["error_code"] = code, ["description"] = description };
        if (retryAfter is not null || migrateTo is not null)
        {
            var parameters = new JsonObject();
            if (retryAfter is not null)
            {
                parameters["retry_after"] = retryAfter;
            }

            if (migrateTo is not null)
            {
                parameters["migrate_to_chat_id"] = migrateTo;
            }

            answer["parameters"] = parameters;
        }

        return answer;
    }

    private static async Task AnswerAsync(HttpContext context, JsonObject answer)
    {
        context.Response.StatusCode = (int?)answer["error_code"] ?? 200;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), context.RequestAborted);
    }

    private static async Task<(JsonObject Call, EmulatedFile? File)> ReadAsync(HttpRequest request, string method)
    {
        var call = new JsonObject();
        EmulatedFile? file = null;
        foreach (var (key, value) in request.Query)
        {
            call[key] = value.ToString();
        }

        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            foreach (var (key, value) in form)
            {
                call[key] = value.ToString() is ['{', ..] text ? JsonNode.Parse(text) : value.ToString();
            }

            file = form.Files.Count > 0 ? await ReadAsync(form.Files[0], method) : null;
        }
        else if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            call = await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted) as JsonObject ?? call;
        }

        return (call, file);
    }

    private static async Task<EmulatedFile> ReadAsync(IFormFile file, string method)
    {
        using var content = new MemoryStream();
        await file.CopyToAsync(content);
        return new EmulatedFile(method, file.FileName, content.ToArray());
    }
}
