using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Components.Pages.Connections;
using Assistant.Web.Tests.Localization;

namespace Assistant.Web.Tests.Components.Pages.Connections;

public sealed class ConnectionWordsTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public void What_is_proven_is_called_what_it_was_chosen_as(string language)
    {
        using var _ = new SpokenLanguage(language);

        Assert.All(Enum.GetValues<AccessPolicy>(), policy => Assert.Equal(
            ConnectionWords.NameOf(policy),
            SensitiveOperations.ConnectionAccess.Words!["to"][policy.ToString().ToLowerInvariant()].In(CultureInfo.CurrentUICulture)));
    }
}
