using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class GroupRuleTests
{
    [Theory]
    [InlineData(null, true, false, false)]
    [InlineData(null, true, true, true)]
    [InlineData("mentioned", true, false, false)]
    [InlineData("mentioned", true, true, true)]
    [InlineData("always", true, false, true)]
    [InlineData("never", true, true, false)]
    [InlineData("never", false, false, true)]
    [InlineData("mentioned", false, false, true)]
    public void A_group_is_answered_as_its_owner_chose_and_a_person_always(string? chosen, bool isGroup, bool isMentioned, bool expected)
    {
        var settings = chosen is null ? SettingValues.Empty : new SettingValues([new("groups", chosen)]);

        Assert.Equal(expected, GroupRule.Of(settings).IsAddressed(isGroup, isMentioned));
    }
}
