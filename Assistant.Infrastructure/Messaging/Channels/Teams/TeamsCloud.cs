namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>One of Microsoft's clouds: whom it vouches as, and which of its servers may see our token.</summary>
/// <param name="Login">Where tokens are had.</param>
/// <param name="Issuer">Of the tokens that come with activities.</param>
/// <param name="Keys">OpenID metadata of the keys these are signed with.</param>
/// <param name="Scope">Of the token we call with.</param>
/// <param name="Hosts">Of the connector. Names are compared as a whole: anybody can have one below <c>trafficmanager.net</c>.</param>
/// <param name="Connector">Where to send when no activity has said it yet; <see langword="null"/> where there is no such address.</param>
internal sealed record TeamsCloud(string Name, Uri Login, string Issuer, Uri Keys, string Scope, IReadOnlyList<string> Hosts, Uri? Connector)
{
    private static readonly TeamsCloud Public = new(
        "public",
        new Uri("https://login.microsoftonline.com"),
        "https://api.botframework.com",
        new Uri("https://login.botframework.com/v1/.well-known/openidconfiguration"),
        "https://api.botframework.com/.default",
        ["smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"],
        new Uri("https://smba.trafficmanager.net/teams/"));

    private static readonly TeamsCloud Government = new(
        "us-government",
        new Uri("https://login.microsoftonline.us"),
        "https://api.botframework.us",
        new Uri("https://login.botframework.azure.us/v1/.well-known/openidconfiguration"),
        "https://api.botframework.us/.default",
        ["smba.infra.gov.teams.microsoft.us", "smba.infra.dod.teams.microsoft.us"],
        new Uri("https://smba.infra.gov.teams.microsoft.us/teams/"));

    private static readonly TeamsCloud China = new(
        "china",
        new Uri("https://login.partner.microsoftonline.cn"),
        "https://api.botframework.azure.cn",
        new Uri("https://login.botframework.azure.cn/v1/.well-known/openidconfiguration"),
        "https://api.botframework.azure.cn/.default",
        ["frontend.botapi.msg.infra.teams.microsoftonline.cn"],
        Connector: null);

    /// <summary>The cloud of a name of the settings.</summary>
    public static TeamsCloud Of(string? name) => name switch
    {
        "us-government" => Government,
        "china" => China,
        _ => Public,
    };
}
