using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Assistant.Web.Markdown;
using Xunit;

namespace Assistant.Web.Tests.Markdown;

public sealed class SafeMarkdownTests
{
    private static readonly string[] Tags =
    [
        "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
        "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
    ];

    private static readonly string[] Attributes = ["href", "start", "target", "rel"];
    private readonly SafeMarkdown _markdown = new();

    public static TheoryData<string> Attacks { get; } =
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img/src='x'/onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><script href=data:,alert(1) />",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
        "<object data=data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==></object>",
        "<embed src=javascript:alert(1)>",
        "<form action=javascript:alert(1)><button>go</button></form>",
        "<input autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)>x</details>",
        "<video><source onerror=alert(1)></video>",
        "<body onload=alert(1)>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<base href=//evil.example/>",
        "<style>*{background:url(//evil.example)}</style>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<a href='javascript:alert(1)'>x</a>",
        "<template><script>alert(1)</script></template>",
        "<textarea></textarea><script>alert(1)</script>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml version='1.0'?><script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;&#x61;vascript&colon;alert(1))",
        "[x](java%0Ascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](<\u0001javascript:alert(1)>)",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](file:///etc/passwd)",
        "[x](blob:https://here.example/1)",
        "[x](//evil.example)",
        "[x](/account/delete)",
        "[x](https://ok.example \"onmouseover=alert(1)\")",
        "[x](https://ok.example\" onclick=\"alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "![x](https://tracker.example/pixel.gif)",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
        "![x\" onerror=\"alert(1)](https://ok.example/a.png)",
        "[![x](javascript:alert(1))](javascript:alert(2))",
        "`<img src=x onerror=alert(1)>`",
        "```html\n<script>alert(1)</script>\n```",
        "```\" onclick=\"alert(1)\nx\n```",
        "| <script>alert(1)</script> | [x](javascript:alert(1)) |\n|:--|--:|\n| <b onclick=alert(1)>x</b> | ok |",
        "# <img src=x onerror=alert(1)>",
        "x {onclick=alert(1)}",
        "[x](https://ok.example){onclick=alert(1)}",
        "\u202e<script>alert(1)</script>",
        "\0<scri\0pt>alert(1)</scri\0pt>",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Hostile_text_leaves_only_prose_and_outward_links(string markdown)
    {
        var body = Parse(_markdown.ToHtml(markdown));

        foreach (var element in body.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, Tags);
            Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, Attributes));
            if (element.GetAttribute("href") is { } href)
            {
                Assert.Contains(new Uri(href).Scheme, new[] { "http", "https", "mailto" });
                Assert.Equal("noopener noreferrer nofollow ugc", element.GetAttribute("rel"));
            }
        }
    }

    [Theory]
    [InlineData("**bold** and *slanted* and ~~gone~~", "<p><strong>bold</strong> and <em>slanted</em> and <del>gone</del></p>")]
    [InlineData("one\ntwo", "<p>one<br>\ntwo</p>")]
    [InlineData("# Title", "<h3>Title</h3>")]
    [InlineData("###### Small", "<h6>Small</h6>")]
    [InlineData("3. c\n4. d", "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>")]
    [InlineData("`a < b`", "<p><code>a &lt; b</code></p>")]
    [InlineData("2 < 3 & <b>", "<p>2 &lt; 3 &amp; &lt;b&gt;</p>")]
    [InlineData("你好，**世界**", "<p>你好，<strong>世界</strong></p>")]
    [InlineData("  \n ", "")]
    [InlineData(null, "")]
    public void Prose_keeps_its_shape(string? markdown, string html) => Assert.Equal(html, _markdown.ToHtml(markdown).Trim());

    [Theory]
    [InlineData("这是**重点：**内容", "<p>这是<strong>重点：</strong>内容</p>")]
    [InlineData("请看**“设置”**页面", "<p>请看<strong>“设置”</strong>页面</p>")]
    [InlineData("**注意！**不要关机", "<p><strong>注意！</strong>不要关机</p>")]
    [InlineData("版本**1.2（测试）**可用", "<p>版本<strong>1.2（测试）</strong>可用</p>")]
    [InlineData("**“你好”**世界，这是**重点：**内容", "<p><strong>“你好”</strong>世界，这是<strong>重点：</strong>内容</p>")]
    [InlineData("价格~~（旧）~~已改", "<p>价格<del>（旧）</del>已改</p>")]
    public void Words_beside_Chinese_punctuation_are_set_off(string markdown, string html) => Assert.Equal(html, _markdown.ToHtml(markdown).Trim());

    [Theory]
    [InlineData("https://example.com/help。谢谢", "https://example.com/help")]
    [InlineData("（详见 https://example.com/a）", "https://example.com/a")]
    [InlineData("请访问 https://example.com。", "https://example.com")]
    [InlineData("官网：https://example.com，欢迎", "https://example.com")]
    [InlineData("（https://example.com/a（测试））", "https://example.com/a")]
    [InlineData("见 https://example.com/a\u3000谢谢", "https://example.com/a")]
    [InlineData("https://zh.wikipedia.org/wiki/中国", "https://zh.wikipedia.org/wiki/中国")]
    [InlineData("https://example.com/?q=（一）", "https://example.com/?q=")]
    [InlineData("https://example.com/a_(b)?c=1,2;3", "https://example.com/a_(b)?c=1,2;3")]
    [InlineData("**见 https://example.com/a。**好", "https://example.com/a")]
    public void A_bare_address_ends_where_Chinese_punctuation_begins(string markdown, string address)
    {
        var body = Parse(_markdown.ToHtml(markdown));
        var link = Assert.Single(body.QuerySelectorAll("a"));

        Assert.Equal(address, Uri.UnescapeDataString(link.GetAttribute("href")!));
        Assert.Equal(address, link.TextContent);
        Assert.Equal(markdown.Replace("**", "", StringComparison.Ordinal), body.TextContent.Trim());
    }

    [Fact]
    public void A_link_opens_apart_and_tells_the_other_side_nothing()
    {
        var link = Assert.Single(Parse(_markdown.ToHtml("see https://example.org/a?b=1&c=2")).QuerySelectorAll("a"));

        Assert.Equal("https://example.org/a?b=1&c=2", link.GetAttribute("href"));
        Assert.Equal("_blank", link.GetAttribute("target"));
    }

    [Fact]
    public void A_telephone_number_can_be_called()
    {
        var link = Assert.Single(Parse(_markdown.ToHtml("Call [our hotline](tel:+4930123456)")).QuerySelectorAll("a"));

        Assert.Equal(("our hotline", "tel:+4930123456"), (link.TextContent, link.GetAttribute("href")));
    }

    [Theory]
    [InlineData("[our group](tg://resolve?domain=acme&post=2)", "our group (tg://resolve?domain=acme&post=2)")]
    [InlineData("See [the **list**](ftp://files.example/list.txt).", "See the list (ftp://files.example/list.txt).")]
    [InlineData("[prices](/prices)", "prices (/prices)")]
    [InlineData("![a map](map.png)", "a map (map.png)")]
    [InlineData("[](ftp://files.example/list.txt)", "ftp://files.example/list.txt")]
    [InlineData("ftp://files.example/list.txt", "ftp://files.example/list.txt")]
    [InlineData("[x](javascript:alert(1))", "x")]
    [InlineData("[x](JaVaScRiPt:alert(1))", "x")]
    [InlineData("[x](&#106;avascript:alert(1))", "x")]
    [InlineData("[x](vbscript:msgbox(1))", "x")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)", "x")]
    public void A_link_that_cannot_be_followed_is_words_and_shows_its_address_unless_that_is_code(string markdown, string words)
    {
        var body = Parse(_markdown.ToHtml(markdown));

        Assert.Equal(words, body.TextContent.Trim());
        Assert.Empty(body.QuerySelectorAll("a"));
    }

    [Fact]
    public void A_picture_is_offered_as_a_link_with_its_description()
    {
        var link = Assert.Single(Parse(_markdown.ToHtml("![a cat](https://example.org/cat.png)")).QuerySelectorAll("a"));

        Assert.Equal("a cat", link.TextContent);
    }

    [Theory]
    [InlineData('>')]
    [InlineData('[')]
    [InlineData('*')]
    [InlineData('`')]
    public void Absurd_nesting_costs_neither_the_stack_nor_the_text(char bracket)
    {
        var html = _markdown.ToHtml(new string(bracket, 20_000) + "\nthe end");

        Assert.Contains("the end", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a|", 4_000)]
    [InlineData("a|", 32_000)]
    [InlineData("a`x\ny`|", 4_000)]
    [InlineData("a`x\ny`|", 32_000)]
    [InlineData("a|\\\n", 32_000)]
    public void A_wide_table_of_many_short_rows_grows_with_its_text_alone(string cell, int length)
    {
        var (columns, rows) = (length / 2 / (cell.Length + 2), length / 2 / 3);
        var markdown = string.Concat(Enumerable.Repeat(cell, columns)) + "\n" + string.Concat(Enumerable.Repeat("-|", columns)) + "\n"
            + string.Concat(Enumerable.Repeat("a|\n", rows));

        Assert.InRange(_markdown.ToHtml(markdown).Length, 1, 10 * length);
    }

    [Fact]
    public void A_long_table_of_the_usual_kind_stays_one()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"| {i} | `code` | [x](https://ok.example) | text |\n"));
        var body = Parse(_markdown.ToHtml("| a | b | c | d |\n|---|---|---|---|\n" + rows));

        Assert.Equal(164, body.QuerySelectorAll("th, td").Length);
    }

    [Fact]
    public void A_text_beyond_the_limit_is_shown_plain()
    {
        var html = _markdown.ToHtml("**a**\n<b>" + new string('x', SafeMarkdown.MaxLength));

        Assert.StartsWith("<p>**a**<br>&lt;b&gt;xxx", html, StringComparison.Ordinal);
    }

    private static IElement Parse(string html) => new HtmlParser().ParseDocument($"<body>{html}</body>").Body!;
}
