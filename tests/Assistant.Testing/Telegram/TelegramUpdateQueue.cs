using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Telegram;

/// <summary>Updates waiting for the bot: kept until confirmed by an offset, or until the webhook answered 2xx.</summary>
internal sealed class TelegramUpdateQueue(int firstUpdateId) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _waiting = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _end = new();
    private int _nextId = firstUpdateId;
    private TaskCompletionSource<bool>? _poll;
    private (string Url, string? Secret)? _webhook;
    private Task _pump = Task.CompletedTask;
    private string? _lastError;

    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public string? WebhookUrl => _webhook?.Url;

    public int Add(JsonObject update)
    {
        lock (_lock)
        {
            var id = _nextId++;
            update["update_id"] = id;
            _waiting.Add(update);
            _poll?.TrySetResult(true);
            Pump();
            return id;
        }
    }

    public async Task<JsonArray> PollAsync(JsonObject call, CancellationToken cancellationToken)
    {
        var offset = Int(call["offset"]);
        var limit = Math.Clamp(Int(call["limit"]) is > 0 and var l ? l : 100, 1, 100);
        TaskCompletionSource<bool> mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_webhook is not null)
            {
                throw new TelegramRefusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
            }

            if (offset > 0)
            {
                // As documented: an offset behind every id confirms them all; ids are compared, not positions.
                _waiting.RemoveAll(u => Int(u["update_id"]) < offset);
            }
            else if (offset < 0 && _waiting.Count > -offset)
            {
                _waiting.RemoveRange(0, _waiting.Count + offset);
            }

            if (_poll is { } older)
            {
                older.TrySetException(new TelegramRefusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"));
            }

            if (_waiting.Count > 0 || Int(call["timeout"]) <= 0)
            {
                _poll = null;
                return Take(limit);
            }

            _poll = mine;
        }

        try
        {
            await mine.Task.WaitAsync(TimeSpan.FromSeconds(Math.Min(50, Int(call["timeout"]))), cancellationToken);
        }
        catch (TimeoutException)
        {
            // No news: an empty list.
        }
        finally
        {
            lock (_lock)
            {
                _poll = _poll == mine ? null : _poll;
            }
        }

        lock (_lock)
        {
            return Take(limit);
        }
    }

    public void SetWebhook(string? url, string? secret)
    {
        lock (_lock)
        {
            _webhook = string.IsNullOrEmpty(url) ? null : (url, secret);
            Pump();
        }
    }

    public JsonObject WebhookInfo()
    {
        lock (_lock)
        {
            var info = new JsonObject { ["url"] = _webhook?.Url ?? "", ["has_custom_certificate"] = false, ["pending_update_count"] = _waiting.Count };
            if (_lastError is not null)
            {
                info["last_error_date"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
                info["last_error_message"] = _lastError;
            }

            return info;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _http.Dispose();
        _end.Dispose();
    }

    private JsonArray Take(int limit) => new([.. _waiting.Take(limit).Select(u => u.DeepClone())]);

    private void Pump()
    {
        if (_webhook is not null && _pump.IsCompleted && _waiting.Count > 0)
        {
            _pump = Task.Run(PumpAsync);
        }
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            JsonObject update;
            (string Url, string? Secret) target;
            lock (_lock)
            {
                if (_webhook is not { } webhook || _waiting.Count == 0)
                {
                    return;
                }

                (target, update) = (webhook, _waiting[0]);
            }

            if (await DeliverAsync(target, update))
            {
                lock (_lock)
                {
                    _waiting.Remove(update);
                }
            }
            else
            {
                await Task.Delay(RetryDelay, _end.Token);
            }
        }
    }

    private async Task<bool> DeliverAsync((string Url, string? Secret) target, JsonObject update)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(update)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (target.Secret is not null)
        {
            request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", target.Secret);
        }

        try
        {
            using var response = await _http.SendAsync(request, _end.Token);
            _lastError = response.IsSuccessStatusCode ? null : $"Wrong response from the webhook: {(int)response.StatusCode}";
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException e)
        {
            _lastError = e.Message;
            return false;
        }
    }

    private static int Int(JsonNode? node) => int.TryParse(node?.ToString(), out var number) ? number : 0;
}
