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

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("False", false)]
    public void A_switch_stands_as_its_value_is_read(string value, bool isOn)
    {
        var field = new SettingField("all", new("All", "全部"), new("", ""), SettingKind.Switch, Default: "false");
        var model = new FieldsModel([field], [], null);
        model.Set("all", value);

        var input = Render<SettingInput>(p => p.Add(i => i.Field, field).Add(i => i.Model, model));

        Assert.Equal(isOn, input.Find("input").HasAttribute("checked"));
    }

    [Fact]
    public void What_is_chosen_is_kept_as_its_value()
    {
        var model = new FieldsModel([Mode], [], null);
        var input = Render<SettingInput>(p => p.Add(i => i.Field, Mode).Add(i => i.Model, model));

        input.Find("select").Change("push");

        Assert.Equal("push", model.Values.Find("mode"));
    }

    [Fact]
    public async Task A_field_that_was_put_right_keeps_the_line_when_it_is_left()
    {
        var field = new SettingField("server", new("Server", "服务器"), new("", ""), SettingKind.Url);
        var input = Render<SettingInput>(p => p.Add(i => i.Field, field).Add(i => i.Model, new FieldsModel([field], [], null)));
        input.Find("input").Input("nowhere");
        await input.Find("input").BlurAsync(new());
        Assert.Single(input.FindAll(".error:not(.past)"));

        input.Find("input").Input("https://example.org");
        await input.Find("input").BlurAsync(new());

        Assert.Single(input.FindAll(".error.past"));
        Assert.False(input.Find("input").HasAttribute("aria-invalid"));
    }
}
