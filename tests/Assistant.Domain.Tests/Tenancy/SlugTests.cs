using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Domain.Tests.Tenancy;

public sealed class SlugTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("front-desk-2")]
    [InlineData("a--b")]
    public void Lower_case_letters_digits_and_inner_hyphens_are_a_name(string value) => Assert.True(Slug.IsValid(value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void Anything_else_is_not(string? value) => Assert.False(Slug.IsValid(value));

    [Fact]
    public void Sixty_three_characters_are_the_most()
    {
        Assert.True(Slug.IsValid(new string('a', 63)));
        Assert.False(Slug.IsValid(new string('a', 64)));
    }
}
