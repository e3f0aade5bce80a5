using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Assistant.Domain.Security;
using Assistant.Web.Localization;

namespace Assistant.Web.Tests.Localization;

public sealed partial class PhrasesTests
{
    public static TheoryData<string, string> Books => new() { { "Shared", nameof(Texts) }, { "SetUp", nameof(SetUpTexts) } };

    [Theory]
    [MemberData(nameof(Books))]
    public void Every_phrase_is_there_in_both_languages_with_the_same_placeholders(string book, string accessor)
    {
        var (english, chinese) = (Read(book, CultureInfo.InvariantCulture), Read(book, CultureInfo.GetCultureInfo(Languages.Chinese)));

        Assert.Equal(english.Keys.Order(), chinese.Keys.Order());
        Assert.All(english, pair => Assert.Equal(Placeholders(pair.Value), Placeholders(chinese[pair.Key])));
        Assert.All(Members(accessor), member => Assert.Contains(member, english.Keys));
    }

    [Theory]
    [InlineData("en", "at least five different")]
    [InlineData("zh-CN", "至少 5 个互不相同")]
    public void A_password_that_is_too_short_too_long_or_uniform_is_told_all_three_bounds(string culture, string different)
    {
        using var _ = new SpokenLanguage(culture);

        var told = SetUpTexts.FlawOf(PasswordFlaw.Length);

        Assert.All([$"{PasswordPolicy.MinLength} ", $"{PasswordPolicy.MaxLength} ", different], bound => Assert.Contains(bound, told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("en", 1, "1 waiting")]
    [InlineData("en", 12, "12 waiting")]
    [InlineData("zh-CN", 1, "1 项待处理")]
    public void A_count_is_said_in_the_language_of_the_person(string culture, int count, string expected)
    {
        using var _ = new SpokenLanguage(culture);

        Assert.Equal(expected, Texts.Waiting(count));
    }

    [Fact]
    public void One_is_not_said_in_English_to_whoever_reads_Chinese()
    {
        using var _ = new SpokenLanguage("zh-CN");

        Assert.DoesNotMatch("[a-zA-Z]", DeskTexts.DeadLettersWhat(1) + DeskTexts.Attempts(1));
    }

    [Fact]
    public void One_has_a_form_of_its_own_where_English_has_it()
    {
        using var _ = new SpokenLanguage("en");

        Assert.Equal("1 connection down", Texts.HealthDown(1));
        Assert.Equal("2 connections down", Texts.HealthDown(2));
    }

    private static Dictionary<string, string> Read(string book, CultureInfo culture)
        => new ResourceManager($"Assistant.Web.Resources.{book}", typeof(Texts).Assembly)
            .GetResourceSet(culture, createIfNotExists: true, tryParents: false)!
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    private static IEnumerable<string> Members(string accessor)
        => typeof(Texts).Assembly.GetType($"Assistant.Web.Localization.{accessor}")!
            .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false })
            .Where(member => member.Name != nameof(SetUpTexts.FlawOf)) // chooses among phrases
            .Select(member => member.Name);

    private static IEnumerable<string> Placeholders(string phrase) => Placeholder().Matches(phrase).Select(match => match.Value).Order();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
