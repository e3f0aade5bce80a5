namespace Assistant.Web.Security;

/// <summary>What routing answers itself where the address is right and the method or the content type is not: a status, and nothing done.</summary>
internal static class RoutingRejections
{
    /// <remarks>
    /// Not told by its name, which anybody can give: it is no route, it carries nothing that could be missing, and what it runs is the code of
    /// routing itself (<c>HttpMethodMatcherPolicy</c> and <c>AcceptsMatcherPolicy</c> make these endpoints). Ours are routes, all of them.
    /// </remarks>
    public static bool Includes(Endpoint endpoint) => endpoint.GetType() == typeof(Endpoint) && endpoint.Metadata.Count == 0
        && endpoint.RequestDelegate?.Method.Module == typeof(RouteEndpoint).Module;
}
