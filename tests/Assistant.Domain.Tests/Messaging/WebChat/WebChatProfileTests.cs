using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.WebChat;

public sealed class WebChatProfileTests
{
    [Fact]
    public void An_empty_form_is_a_chat_that_follows_the_reader()
    {
        var profile = Profile();

        Assert.Equal(("Shop", null, "#2563eb", null, null, 16), (profile.Title, profile.Greeting, profile.Accent, profile.Page, profile.Ink, profile.Radius));
        Assert.Empty(profile.Origins.Sources);
        Assert.Empty(profile.QuickReplies);
        Assert.Empty(WebChatProfile.Check(SettingValues.Empty));
    }

    [Theory]
    [InlineData("#FACE00", "#face00")]
    [InlineData("red", "#2563eb")]
    [InlineData("#123456;}", "#2563eb")]
    [InlineData("#12345\n", "#2563eb")]
    public void Only_a_colour_is_a_colour(string value, string accent) => Assert.Equal(accent, Profile(("accentColor", value)).Accent);

    [Theory]
    [InlineData("#000000", "#ffffff")]
    [InlineData("#2563eb", "#ffffff")]
    [InlineData("#ffd54f", "#101418")]
    [InlineData("#ffffff", "#101418")]
    public void Text_on_the_accent_can_be_read(string accent, string ink) => Assert.Equal(ink, Profile(("accentColor", accent)).OnAccent);

    [Theory]
    [InlineData("-3", 0)]
    [InlineData("99", 24)]
    [InlineData("NaN", 16)]
    [InlineData("12", 12)]
    public void The_radius_stays_in_its_range(string value, int radius) => Assert.Equal(radius, Profile(("radius", value)).Radius);

    [Fact]
    public void Quick_replies_are_separated_by_either_semicolon_and_limited() =>
        Assert.Equal(["a", "b", "c", "1", "2", "3", "4", "5"], Profile(("quickReplies", "a; b；c;1;2;3;4;5;6")).QuickReplies);

    [Fact]
    public void Encryption_is_what_protects_a_chat()
        => Assert.Equal("encryption", Assert.Single(SettingsForm.GivenUp(WebChatProfile.Fields, new SettingValues([new("encryption", "off")]), SettingValues.Empty)).Key);

    [Fact]
    public void What_cannot_be_used_is_said_in_words()
    {
        var problems = WebChatProfile.Check(new SettingValues([new("inkColor", "black"), new("allowedOrigins", "shop.example https://ok.example")]));

        Assert.Equal(["inkColor", "allowedOrigins"], problems.Select(problem => problem.Key));
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example", true)]
    [InlineData("https://shop.example/", "https://shop.example", true)]
    [InlineData("https://shop.example", "https://shop.example:8443", false)]
    [InlineData("https://shop.example:8443", "https://shop.example:8443", true)]
    [InlineData("https://shop.example", "http://shop.example", false)]
    [InlineData("https://*.shop.example", "https://a.b.shop.example", true)]
    [InlineData("https://*.shop.example", "https://shop.example", false)]
    [InlineData("https://*.shop.example", "https://evilshop.example", false)]
    [InlineData("https://SHOP.example", "https://shop.example", true)]
    [InlineData("https://shop.example/path", "https://shop.example", false)]
    [InlineData("https://user@shop.example", "https://shop.example", false)]
    [InlineData("https://*", "https://shop.example", false)]
    [InlineData("*", "https://shop.example", false)]
    [InlineData("'self'", "https://shop.example", false)]
    [InlineData("javascript:alert(1)", "javascript:alert(1)", false)]
    [InlineData("", "null", false)]
    [InlineData("", null, false)]
    public void A_site_is_its_scheme_host_and_port(string list, string? origin, bool isIncluded) =>
        Assert.Equal(isIncluded, AllowedOrigins.Parse(list).Includes(origin));

    [Fact]
    public void The_list_becomes_a_source_list_without_repeats() =>
        Assert.Equal(
            ["https://a.example", "https://*.b.example:8443"],
            AllowedOrigins.Parse("https://a.example, https://a.example:443;https://*.b.example:8443\nnonsense").Sources);

    private static WebChatProfile Profile(params (string Key, string Value)[] settings) =>
        WebChatProfile.Of(new SettingValues(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))), "Shop");
}
