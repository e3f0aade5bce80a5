using System.Security.Cryptography;
using System.Text;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public sealed class BreachedPasswordFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("\n", false)]
    public async Task Every_password_in_the_list_is_found_and_no_other(string lineEnd, bool endsWithOne)
    {
        var known = Enumerable.Range(0, 500).Select(i => $"password number {i}").ToList();
        var lines = known.Select((password, i) => $"{Sha1(password)}:{i * i}").Order(StringComparer.Ordinal);
        await File.WriteAllTextAsync(_path, string.Join(lineEnd, lines) + (endsWithOne ? lineEnd : ""), Cancel);
        var list = List(_path);

        foreach (var password in known)
        {
            Assert.True(await list.ContainsAsync(password, Cancel), password);
            Assert.False(await list.ContainsAsync(password + "x", Cancel));
        }
    }

    [Fact]
    public async Task An_empty_list_and_none_contain_nothing()
    {
        Assert.False(await List(_path).ContainsAsync("correct horse battery", Cancel));
        Assert.False(await List(null).ContainsAsync("correct horse battery", Cancel));
    }

    public void Dispose() => File.Delete(_path);

    private static BreachedPasswordFile List(string? path) => new(Options.Create(new SignInOptions { BreachedPasswordsFile = path }));

#pragma warning disable CA5350 // the format of the file
    private static string Sha1(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
