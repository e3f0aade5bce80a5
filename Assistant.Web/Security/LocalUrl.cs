namespace Assistant.Web.Security;

/// <summary>Where a form may send people afterwards: to a page of this site, never elsewhere.</summary>
internal static class LocalUrl
{
    public static string OrHome(string? url) => IsLocal(url) ? url! : "/";

    // "//host" and "/\host" are other sites to a browser, and it drops tabs and line breaks before it looks.
    private static bool IsLocal(string? url)
        => url is "/" or ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl);
}
