using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Ai;

/// <summary>What the emulator received.</summary>
public sealed record EmulatedCall(string Path, string? Authorization, JsonElement Body);

/// <summary>A server on a free local port that speaks the chat APIs of OpenAI (also Ollama's) and Anthropic, and fails as told.</summary>
public sealed class EngineEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly TaskCompletionSource _stopped = new();

    private EngineEmulator(WebApplication app) => _app = app;

    public ConcurrentQueue<EmulatedCall> Calls { get; } = new();

    public string Address => _app.Urls.First();

    public static async Task<EngineEmulator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var emulator = new EngineEmulator(app);
        app.Map("/{**path}", emulator.HandleAsync);
        await app.StartAsync();
        return emulator;
    }

    /// <summary>Queues the answer to the next call; the last one queued answers all further calls.</summary>
    public EngineEmulator Answers(Func<HttpContext, Task> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public EngineEmulator Fails(int status, string message, string? retryAfter = null) => Answers(context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsJsonAsync(new { error = new { message, type = "error" } });
    });

    /// <summary>Streams chat completions: the pieces, the end, the usage.</summary>
    public EngineEmulator Streams(params string[] pieces)
        => StreamsDeltas("stop", [.. pieces.Select(piece => JsonSerializer.Serialize(new { content = piece }))]);

    /// <summary>Streams a model's refusal, which is a field of its own.</summary>
    public EngineEmulator Refuses(params string[] pieces)
        => StreamsDeltas("stop", [.. pieces.Select(piece => JsonSerializer.Serialize(new { refusal = piece }))]);

    /// <summary>Streams chat completions: these deltas, the end for this reason, the usage.</summary>
    public EngineEmulator StreamsDeltas(string finish, params string[] deltas) => Answers(async context =>
    {
        await WritePiecesAsync(context, []);
        foreach (var delta in deltas)
        {
            await WriteAsync(context, $$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":null}]}""");
        }

        await WriteAsync(context, $$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"{{{finish}}}"}]}""");
        await WriteAsync(context, """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150}}""");
        await WriteAsync(context, "[DONE]");
    });

    /// <summary>Streams pieces of an announced length, then closes the connection before it is reached.</summary>
    public EngineEmulator BreaksOffAfter(params string[] pieces) => Answers(context =>
    {
        context.Response.ContentLength = 1_000_000;
        return WritePiecesAsync(context, pieces);
    });

    /// <summary>Takes the request and closes the connection.</summary>
    public EngineEmulator HangsUp() => Answers(context =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Streams pieces, then ends the response politely, without any reason to finish.</summary>
    public EngineEmulator EndsEarlyAfter(params string[] pieces) => Answers(context => WritePiecesAsync(context, pieces));

    /// <summary>Streams pieces, then says nothing more until the caller goes.</summary>
    public EngineEmulator HangsAfter(params string[] pieces) => Answers(async context =>
    {
        await WritePiecesAsync(context, pieces);
        await context.Response.Body.FlushAsync();
        await Task.WhenAny(_stopped.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
    });

    public EngineEmulator Says(string contentType, string body) => Answers(context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    });

    /// <summary>Streams Anthropic's message events.</summary>
    public EngineEmulator StreamsMessage(params string[] pieces) => Answers(async context =>
    {
        await WriteEventAsync(context, "message_start", """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"claude-1","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":120,"output_tokens":1}}}""");
        await WriteEventAsync(context, "content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        foreach (var piece in pieces)
        {
            await WriteEventAsync(context, "content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(piece)}}}}}""");
        }

        await WriteEventAsync(context, "content_block_stop", """{"type":"content_block_stop","index":0}""");
        await WriteEventAsync(context, "message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":30}}""");
        await WriteEventAsync(context, "message_stop", """{"type":"message_stop"}""");
    });

    /// <summary>Anthropic's way to fail after the answer began.</summary>
    public EngineEmulator ReportsOverloadAfter(string piece) => Answers(async context =>
    {
        await WriteEventAsync(context, "message_start", """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"claude-1","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}""");
        await WriteEventAsync(context, "content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        await WriteEventAsync(context, "content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(piece)}}}}}""");
        await WriteEventAsync(context, "error", """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""");
    });

    public async ValueTask DisposeAsync()
    {
        _stopped.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var body = context.Request.ContentLength is 0 or null && !context.Request.Headers.ContainsKey("Transfer-Encoding")
            ? default
            : (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        Calls.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization, body));
        if (!_script.TryPeek(out var answer))
        {
            context.Response.StatusCode = 404;
            return;
        }

        if (_script.Count > 1)
        {
            _script.TryDequeue(out _);
        }

        await answer(context);
    }

    private static async Task WritePiecesAsync(HttpContext context, string[] pieces)
    {
        context.Response.ContentType = "text/event-stream";
        await WriteAsync(context, """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""");
        foreach (var piece in pieces)
        {
            await WriteAsync(context, $$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"content":{{{JsonSerializer.Serialize(piece)}}}},"finish_reason":null}]}""");
        }
    }

    private static async Task WriteAsync(HttpContext context, string data)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));
        await context.Response.Body.FlushAsync();
    }

    private static async Task WriteEventAsync(HttpContext context, string name, string data)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n"));
        await context.Response.Body.FlushAsync();
    }
}
