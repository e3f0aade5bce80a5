using Assistant.Web.Composition;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Assistant.Web.Tests.Composition;

public sealed class UnknownSettingsTests
{
    [Theory]
    [InlineData("Assistant:Database:Provider")]
    [InlineData("ASSISTANT:DATABASE:READERS")]
    [InlineData("Assistant:Passkeys:Origins:0")]
    [InlineData("Assistant:SignIn:MaxFailures")]
    [InlineData("Assistant:SignIn:OpenIdConnect:main:Authority")]
    [InlineData("Assistant:Audit:Witnesses:Syslog:Host")]
    [InlineData("Assistant:Proxy:Trusted")]
    [InlineData("Assistant:Public:BaseUrl")]
    [InlineData("Channels:Calls:Anything")]
    [InlineData("ASSISTANT_DATA")]
    public void What_options_have_is_known_and_so_is_what_is_not_theirs(string name) => Assert.Empty(In(name));

    [Theory]
    [InlineData("Assistant:Database:Providr")]
    [InlineData("Assistant:Databse:Provider")]
    [InlineData("Assistant:Database")]
    [InlineData("Assistant:Audit:Interval")]
    public void A_misspelt_name_is_told(string name) => Assert.Equal([name], In(name));

    private static IReadOnlyList<string> In(string name)
        => UnknownSettings.In(new ConfigurationBuilder().AddInMemoryCollection([new(name, "x")]).Build());
}
