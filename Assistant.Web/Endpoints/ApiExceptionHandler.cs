using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Microsoft.AspNetCore.Diagnostics;

namespace Assistant.Web.Endpoints;

/// <summary>Turns what rises out of an API endpoint into problem details; the cause goes to the log, never to the caller.</summary>
internal sealed partial class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.Request.Path.StartsWithSegments(RestApi.Prefix))
        {
            return false;
        }

        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true; // nobody is left to be told
        }

        var problem = exception switch
        {
            PermissionDeniedException denied => Problems.Of(StatusCodes.Status403Forbidden, "Forbidden", denied.Message),
            BadHttpRequestException malformed => MalformedRequests.Explain(malformed),
            StepUpRequiredException wanted => StepUpProblem.Of(wanted.Request),
            UnknownCursorException unknown => Problems.Invalid("after", unknown.Message),
            _ => Problems.Of(StatusCodes.Status500InternalServerError, "Internal error", "The request failed here; the log says why."),
        };
        if (exception is not (PermissionDeniedException or StepUpRequiredException or BadHttpRequestException or UnknownCursorException))
        {
            LogFailed(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception error, string method, string path);
}
