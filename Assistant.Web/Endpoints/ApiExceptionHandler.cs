using Assistant.Domain.Security;
using Microsoft.AspNetCore.Diagnostics;

namespace Assistant.Web.Endpoints;

/// <summary>Turns what rises out of an API endpoint into problem details; the cause goes to the log, never to the caller.</summary>
internal sealed class ApiExceptionHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.Request.Path.StartsWithSegments(RestApi.Prefix))
        {
            return false;
        }

        var problem = exception switch
        {
            PermissionDeniedException denied => Problems.Of(StatusCodes.Status403Forbidden, "Forbidden", denied.Message),
            BadHttpRequestException bad => Problems.Of(bad.StatusCode, "Invalid request", bad.Message),
            _ => Problems.Of(StatusCodes.Status500InternalServerError, "Internal error", "The request failed here; the log says why."),
        };
        await problem.ExecuteAsync(httpContext);
        return true;
    }
}
