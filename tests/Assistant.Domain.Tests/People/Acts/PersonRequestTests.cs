using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Xunit;

namespace Assistant.Domain.Tests.People.Acts;

/// <summary>Exact phrases and commands are heard, and nothing that only sounds like one.</summary>
public sealed class PersonRequestTests
{
    [Theory]
    [InlineData("/export", PersonActKind.ExportHtml, null)]
    [InlineData(" /EXPORT html ", PersonActKind.ExportHtml, null)]
    [InlineData("/export json", PersonActKind.ExportJson, null)]
    [InlineData("/export@house_bot json", PersonActKind.ExportJson, null)]
    [InlineData("/forget@house_bot", PersonActKind.Forget, null)]
    [InlineData("Export my data.", PersonActKind.ExportHtml, false)]
    [InlineData("导出我的数据。", PersonActKind.ExportHtml, true)]
    [InlineData("forget me!", PersonActKind.Forget, false)]
    [InlineData("忘记我！", PersonActKind.Forget, true)]
    [InlineData("匯出我的資料", PersonActKind.ExportHtml, true)]
    [InlineData("導出我的數據。", PersonActKind.ExportHtml, true)]
    [InlineData("忘記我！", PersonActKind.Forget, true)]
    public void What_is_meant_for_the_product_is_heard(string text, PersonActKind kind, bool? isChinese)
    {
        var act = Assert.IsType<PersonRequest.Act>(PersonRequest.Find(text));

        Assert.Equal((kind, isChinese), (act.Kind, act.IsChinese));
    }

    [Theory]
    [InlineData("please forget me")]
    [InlineData("don't forget me")]
    [InlineData("forget me not")]
    [InlineData("export my data to Berlin")]
    [InlineData("/exports")]
    [InlineData("/export pdf")]
    [InlineData("别忘记我")]
    [InlineData("別忘記我")]
    [InlineData("link to the page")]
    [InlineData("link")]
    [InlineData("绑定")]
    [InlineData("")]
    public void What_only_sounds_like_it_is_for_an_engine(string text) => Assert.Null(PersonRequest.Find(text));

    [Fact]
    public void A_code_is_read_as_people_type_it()
    {
        var code = LinkCode.Create();
        var typed = code.Reveal();

        foreach (var text in new[] { $"link {typed}", $"LINK {typed.ToLowerInvariant()}", $"/link {typed.Replace("-", "", StringComparison.Ordinal)}", $"绑定 {typed}", $"绑定{typed}。", $"綁定 {typed}" })
        {
            Assert.Equal(code.Id, Assert.IsType<PersonRequest.Link>(PersonRequest.Find(text)).Code?.Id);
        }

        Assert.Null(Assert.IsType<PersonRequest.Link>(PersonRequest.Find("/link me")).Code);
        Assert.Null(Assert.IsType<PersonRequest.Link>(PersonRequest.Find("/link")).Code);
        Assert.DoesNotContain(typed, code.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_has_at_least_forty_bits_and_no_look_alikes()
    {
        var codes = Enumerable.Range(0, 200).Select(_ => LinkCode.Create().Reveal()).ToList();

        Assert.Equal(200, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All(codes, code => Assert.Matches("^[2-9A-HJKMNP-TW-Z]{5}-[2-9A-HJKMNP-TW-Z]{5}$", code));
        Assert.True(10 * Math.Log2(29) >= 40);
    }
}
