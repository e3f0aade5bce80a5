using Assistant.Domain.Security;
using Xunit;

namespace Assistant.Domain.Tests.Security;

public sealed class PasswordPolicyTests
{
    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("a quite different one")]
    [InlineData("xk7#Lm2qRw9v")]
    [InlineData("我家的猫每天早上五点叫我起床")]
    [InlineData("739205816472")]
    public void A_long_password_of_ones_own_is_accepted(string password) => Assert.Null(PasswordPolicy.FindFlaw(password, "ada@example.org"));

    [Theory]
    [InlineData("short")]
    [InlineData("aabbaabbaabb")]
    public void A_short_or_uniform_one_is_not(string password) => Assert.Equal(PasswordFlaw.Length, PasswordPolicy.FindFlaw(password));

    [Theory]
    [InlineData("Password2024!")]
    [InlineData("P@ssw0rd1234")]
    [InlineData("qwertyuiop12")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("poiuytrewq987")]
    [InlineData("abcdefghijkl")]
    [InlineData("summer31121999")]
    [InlineData("xyzwvxyzwvxyzwv")]
    [InlineData("Assistant-2026")]
    [InlineData("ada.example.org!")]
    [InlineData("Example@Ada1990")]
    public void What_everybody_tries_first_is_not(string password)
        => Assert.Equal(PasswordFlaw.Guessable, PasswordPolicy.FindFlaw(password, "ada@example.org"));

    [Fact]
    public void What_is_known_of_one_account_is_not_held_against_another()
    {
        Assert.Equal(PasswordFlaw.Guessable, PasswordPolicy.FindFlaw("lovelace.byron", "lovelace@byron.example"));
        Assert.Null(PasswordPolicy.FindFlaw("lovelace.byron", "grace@example.org"));
    }
}
