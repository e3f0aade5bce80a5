using Assistant.Domain.Settings;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class SettingInputTests : BunitContext
{
    private static readonly SettingField Mode = new(
        "mode", new("Receive by", "接收方式"), new("", ""), SettingKind.Choice, Default: "polling",
        Choices: [new("polling", new("Polling", "轮询")), new("push", new("Push", "推送"))]);

    public SettingInputTests() => Services.AddSingleton(TimeProvider.System);

    [Theory]
    [InlineData("en", "Polling", "Push")]
    [InlineData("zh-CN", "轮询", "推送")]
    public void Choices_are_named_in_the_readers_language(string culture, params string[] names)
    {
        using var _ = new SpokenLanguage(culture);

        var input = Render<SettingInput>(p => p.Add(i => i.Field, Mode).Add(i => i.Model, new FieldsModel([Mode], [], null)));

        Assert.Equal(names, input.FindAll("option").Select(o => o.TextContent));
        Assert.Equal(["polling", "push"], input.FindAll("option").Select(o => o.GetAttribute("value")));
    }

    [Fact]
    public void What_is_chosen_is_kept_as_its_value()
    {
        var model = new FieldsModel([Mode], [], null);
        var input = Render<SettingInput>(p => p.Add(i => i.Field, Mode).Add(i => i.Model, model));

        input.Find("select").Change("push");

        Assert.Equal("push", model.Values.Find("mode"));
    }
}
