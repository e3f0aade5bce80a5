// A write sent twice with the same Idempotency-Key does its work once.
//
// The first request claims (tenant, caller, route, key) with a hash of its body, works, and leaves its answer; the same request
// again gets that answer, marked `Idempotency-Replayed: true`. The same key with another body is a mistake and answers 422;
// while the first is still working the second answers 409. Failures of ours (5xx) and 429 are not kept: trying again is right.
using System.Security.Cryptography;
using Assistant.Domain.Idempotency;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Assistant.Web.Endpoints;

/// <summary>Honours <c>Idempotency-Key</c> on the API's writes.</summary>
internal sealed class Idempotency(IIdempotencyStore store, IApiCallers callers) : IEndpointFilter
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int MaxKeyLength = 200;

    private const int MaxBodyBytes = 1 << 20;

    /// <summary>Middleware: keeps the body readable for the hash, which is taken after the parameters were read from it and before a file is.</summary>
    public static Task KeepBodyAsync(HttpContext context, RequestDelegate next)
    {
        if (IsKeyed(context.Request))
        {
            var max = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBodyBytes;
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = max; // so that more is answered with 413
            }

            context.Request.EnableBuffering(bufferThreshold: (int)max, bufferLimit: max); // in memory: no body lies in a folder of the system
        }

        return next(context);
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsKeyed(http.Request))
        {
            return await next(context);
        }

        var key = http.Request.Headers[Header].ToString();
        if (key.Length is 0 or > MaxKeyLength)
        {
            return Problems.Invalid(Header, "Use 1 to 200 characters.");
        }

        var caller = callers.Find(http) ?? throw new InvalidOperationException("Only authenticated callers reach this filter.");
        var request = new IdempotentRequest(
            caller.Tenant, $"{caller.Actor.Kind}/{caller.Actor.Id}", $"{http.Request.Method} {http.Request.Path}", key,
            await FingerprintAsync(http));
        return await store.BeginAsync(request, http.RequestAborted) switch
        {
            IdempotencyClaim.Fresh => await WorkAsync(request, context, next),
            IdempotencyClaim.Answered answered => new Replay(answered.Answer),
            IdempotencyClaim.InProgress => Problems.Conflict("In progress", "The first request with this key is still being worked on."),
            IdempotencyClaim.KeyReused => Problems.Of(
                StatusCodes.Status422UnprocessableEntity, "Key reused", "This Idempotency-Key was used for another request. Make a new one."),
            var other => throw new InvalidOperationException($"Unknown claim {other}."),
        };
    }

    private async Task<object?> WorkAsync(IdempotentRequest request, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        StoredAnswer answer;
        try
        {
            answer = await RecordAsync(await next(context), context.HttpContext);
        }
        catch
        {
            await store.AbandonAsync(request, CancellationToken.None);
            throw;
        }

        // The work is done: whether the caller still listens does not matter any more.
        if (answer.Status >= StatusCodes.Status500InternalServerError || answer.Status == StatusCodes.Status429TooManyRequests)
        {
            await store.AbandonAsync(request, CancellationToken.None);
        }
        else
        {
            await store.CompleteAsync(request, answer, CancellationToken.None);
        }

        return new Recorded(answer);
    }

    /// <summary>Writes the result into memory instead of to the caller.</summary>
    private static async Task<StoredAnswer> RecordAsync(object? result, HttpContext http)
    {
        var response = http.Response;
        var original = response.Body;
        using var memory = new MemoryStream();
        response.Body = memory;
        try
        {
            await (result as IResult ?? Results.Ok(result)).ExecuteAsync(http);
            await response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            response.Body = original;
        }

        return new StoredAnswer(response.StatusCode, response.ContentType, memory.ToArray());
    }

    private static bool IsKeyed(HttpRequest request)
        => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.Headers.ContainsKey(Header);

    private static async Task<string> FingerprintAsync(HttpContext http)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(http.Request.QueryString.Value ?? ""));
        http.Request.Body.Position = 0;
        var buffer = new byte[8 * 1024];
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
        }

        http.Request.Body.Position = 0; // for an endpoint that reads the body itself, which it does from here on
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task WriteAsync(HttpContext http, StoredAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.ContentType is not null)
        {
            http.Response.ContentType = answer.ContentType;
            http.Response.ContentLength = answer.Body.Length;
            await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
        }
    }

    private sealed class Recorded(StoredAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, answer);
    }

    private sealed class Replay(StoredAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[ReplayedHeader] = "true";
            return WriteAsync(httpContext, answer);
        }
    }
}
