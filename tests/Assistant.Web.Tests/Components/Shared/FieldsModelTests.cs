using Assistant.Domain.Settings;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class FieldsModelTests
{
    private static readonly SettingField Token = new("token", new("Token", "令牌"), new("", ""), SettingKind.Secret, IsRequired: true);
    private static readonly SettingField Address = new("baseUrl", new("Address", "地址"), new("", ""), SettingKind.Url, Default: "https://a.test");
    private static readonly SettingField Limit = new("limit", new("Limit", "上限"), new("", ""), SettingKind.Number, Range: new(0, 50));
    private static readonly SettingField Port = new("port", new("Port", "端口"), new("", ""), SettingKind.Number, Range: NumberRange.Ports);

    [Fact]
    public void A_stored_secret_is_shown_as_set_and_stays_unless_replaced()
    {
        var model = Stored();

        Assert.True(model.ShowsAsSet(Token));
        Assert.True(model.CheckAll());
        Assert.Null(model.Values.Find("token"));
    }

    [Fact]
    public void Keeping_the_stored_secret_after_all_drops_what_was_typed()
    {
        var model = Stored();
        model.Replace("token");
        model.Set("token", "typed");

        model.Keep("token");

        Assert.True(model.ShowsAsSet(Token));
        Assert.Null(model.Values.Find("token"));
        Assert.False(model.IsChanged);
    }

    [Fact]
    public void A_missing_secret_of_something_new_is_a_problem()
    {
        var model = new FieldsModel([Token, Address], [], null);

        Assert.False(model.CheckAll());
        Assert.NotNull(model.ProblemOf("token"));
        Assert.Null(model.ProblemOf("baseUrl"));
    }

    [Theory]
    [InlineData("baseUrl", "telegram.org")]
    [InlineData("baseUrl", "ftp://a.test")]
    [InlineData("limit", "many")]
    [InlineData("limit", "51")]
    [InlineData("limit", "-1")]
    [InlineData("limit", "NaN")]
    [InlineData("port", "1883.5")]
    public void A_wrong_value_is_told_when_the_field_is_left_and_forgotten_when_typed_anew(string key, string value)
    {
        var model = new FieldsModel([Address, Limit, Port], [], null);
        model.Set(key, value);

        model.Check(key);
        Assert.NotNull(model.ProblemOf(key));

        model.Set(key, "");
        Assert.Null(model.ProblemOf(key));
    }

    [Fact]
    public void A_secret_the_use_case_wants_again_is_opened_for_typing()
    {
        var model = Stored();

        model.Show([new SettingProblem("token", new("Enter it again.", "请重新输入。")), new SettingProblem("unknown", new("Not ours.", "不认识。"))]);

        Assert.False(model.ShowsAsSet(Token));
        Assert.Equal("Enter it again.", model.ProblemOf("token"));
    }

    [Fact]
    public void Typing_and_typing_back_is_no_change()
    {
        var model = Stored();
        model.Set("baseUrl", "https://b.test");
        Assert.True(model.IsChanged);

        model.Set("baseUrl", "https://a.test");
        Assert.False(model.IsChanged);
    }

    private static FieldsModel Stored() => new(
        [Token, Address], [new SettingShown(Token, null, IsSet: true), new SettingShown(Address, "https://a.test", IsSet: true)], DateTimeOffset.UnixEpoch);
}
