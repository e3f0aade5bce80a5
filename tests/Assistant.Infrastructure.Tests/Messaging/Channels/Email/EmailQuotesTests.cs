using Assistant.Infrastructure.Messaging.Channels.Email;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

public sealed class EmailQuotesTests
{
    /// <summary>What is above all of them stays; what they add goes.</summary>
    public static TheoryData<string, string> Added { get; } = new()
    {
        { "Gmail", "On Thu, Jan 1, 2026 at 8:00 AM Assistant <a@h.test> wrote:\n\n> Shall I?\n> \n> Or not?" },
        { "Gmail, broken line", "On Thu, Jan 1, 2026 at 8:00 AM Assistant The Very Long\nName <assistant-with-a-long-address@h.test> wrote:\n\n> Shall I?" },
        { "Gmail 中文", "Assistant <a@h.test> 于2026年1月1日周四 08:00写道：\n\n> 要订吗？" },
        { "Apple Mail", "> On 1 Jan 2026, at 08:00, Assistant <a@h.test> wrote:\n> \n> Shall I?" },
        { "Apple 中文", "> 在 2026年1月1日，上午8:00，Assistant <a@h.test> 写道：\n> \n> 要订吗？" },
        { "Apple 中文 without 在", "2026年1月1日 上午8:00，Assistant <a@h.test> 写道：\n\n要订吗？" },
        { "Thunderbird", "On 1/1/26 08:00, Assistant wrote:\n> Shall I?" },
        { "Thunderbird 中文", "在 2026/1/1 8:00, Assistant 写道:\n> 要订吗？" },
        { "Outlook", "________________________________\nFrom: Assistant <a@h.test>\nSent: Thursday, January 1, 2026 8:00 AM\nTo: Lin <lin@x.test>\nSubject: plan\n\nShall I?" },
        { "Outlook, old", "-----Original Message-----\nFrom: Assistant\nSent: Thursday\nTo: Lin\nSubject: plan\n\nShall I?" },
        { "Outlook 中文", "发件人: Assistant <a@h.test>\n发送时间: 2026年1月1日 8:00\n收件人: Lin <lin@x.test>\n主题: 计划\n\n要订吗？" },
        { "Outlook 中文, old", "-----邮件原件-----\n发件人: Assistant\n发送时间: 2026年1月1日\n收件人: Lin\n主题: 计划\n\n要订吗？" },
        { "Outlook, without a subject", "From: Assistant <a@h.test>\nDate: Thursday, January 1, 2026 8:00 AM\nTo: Lin <lin@x.test>\n\nShall I?" },
        { "QQ", "------------------ 原始邮件 ------------------\n发件人: \"Assistant\" <a@h.test>;\n发送时间: 2026年1月1日(星期四) 上午8:00\n收件人: \"Lin\"<lin@x.test>;\n主题: 计划\n\n要订吗？" },
        { "QQ, English", "------------------ Original ------------------\nFrom: \"Assistant\" <a@h.test>;\nDate: Thu, Jan 1, 2026 08:00 AM\nTo: \"Lin\"<lin@x.test>;\nSubject: plan\n\nShall I?" },
        { "163", "At 2026-01-01 08:00:00, \"Assistant\" <a@h.test> wrote:\n\n>Shall I?" },
        { "163 中文", "在 2026-01-01 08:00:00，\"Assistant\" <a@h.test> 写道：\n\n要订吗？" },
        { "163 master", "---- 回复的原邮件 ----\n| 发件人 | Assistant<a@h.test> |\n| 日期 | 2026年01月01日 08:00 |\n| 收件人 | Lin |\n| 主题 | 计划 |\n要订吗？" },
        { "163 master, English", "---- Replied Message ----\n| From | Assistant |\n| Date | 01/01/2026 08:00 |\n| To | Lin |\nShall I?" },
        { "signature", "-- \nLin\nDesigner, Example Ltd." },
        { "signature, then quotation", "-- \nLin\n\nOn Thu, Jan 1, 2026 Assistant wrote:\n> Shall I?" },
        { "quotation, then signature", "On Thu, Jan 1, 2026 Assistant wrote:\n> Shall I?\n> \n-- \nLin" },
        { "phone", "Sent from my iPhone" },
        { "手机", "发自我的iPhone" },
        { "网易", "发自 网易邮箱大师" },
        { "Outlook on a phone, with quotation", "Get Outlook for iOS\n________________________________\nFrom: A <a@h.test>\nSent: Thursday\nTo: L\nSubject: s\n\nShall I?" },
        { "quotation without a word", "> Shall I?\n> Yes or no?" },
    };

    [Theory]
    [MemberData(nameof(Added))]
    public void What_programs_add_is_taken_off(string program, string added)
    {
        Assert.NotEmpty(program);
        Assert.Equal("Yes, do it.\n\n好的，谢谢！", EmailQuotes.Strip($"Yes, do it.\r\n\r\n好的，谢谢！\r\n\r\n{added}\r\n", isReply: true));
    }

    [Theory]
    [InlineData("On Friday he wrote:\nDear all")]
    [InlineData("From: is a word with a colon\nand here is more")]
    [InlineData("a list\n-- one\n-- two")]
    [InlineData("On Monday we meet. On Tuesday I wrote: nothing.\nMore.")]
    [InlineData("fyi\n\n---------- Forwarded message ---------\nFrom: Bo <bo@x.test>\nDate: Thu, Jan 1, 2026\nSubject: s\nTo: Lin <lin@x.test>\n\nthe text")]
    [InlineData("看看\n\n---- 转发的邮件 ----\n发件人: Bo\n发送日期: 2026年\n收件人: Lin\n主题: s\n\n正文")]
    [InlineData("> When?\nAt nine.\n> Where?\nIn the hall.")]
    [InlineData("a > b\nc")]
    [InlineData("The first part.\n--\nThe second part.")]
    [InlineData("Please find me a train:\nFrom: Berlin\nTo: Paris\nDate: 5 May\nTwo adults")]
    [InlineData("请帮我订票：\n发件人：我\n收件人：李琳\n日期：五月五日\n谢谢")]
    public void What_somebody_wrote_stays(string text)
    {
        Assert.Equal(text, EmailQuotes.Strip(text, isReply: true));
        Assert.Equal(text, EmailQuotes.Strip(text, isReply: false));
    }

    [Theory]
    [InlineData("Can you summarise this for me?\n\n________________________________\nFrom: Bo <bo@x.test>\nSent: Thursday, January 1, 2026 8:00 AM\nTo: Lin <lin@x.test>\nSubject: Invoice\n\nIt is due.")]
    [InlineData("请总结\n\n------------------ 原始邮件 ------------------\n发件人: \"Bo\" <bo@x.test>;\n发送时间: 2026年1月1日\n收件人: \"Lin\"<lin@x.test>;\n主题: 发票\n\n发票到期。")]
    [InlineData("Is it a scam?\n\nFrom: Bank <bank@evil.test>\nTo: me\nDate: today\nSubject: Urgent\n\nSend us your PIN.")]
    [InlineData("Hello,\n\nOn 3 November my boss wrote:\nPlease come in tomorrow at 8.\n\nWhat should I answer him?")]
    [InlineData("What does he mean?\n\nOn Thu, Jan 1, 2026 Bo wrote:\n> Perhaps.")]
    [InlineData("What is it?\n\n-- \nLin\n\nFrom: Bo <bo@x.test>\nSent: Thursday\nTo: Lin\n\nthe text")]
    [InlineData("What is it?\n\n-- \nLin\n\n---------- Forwarded message ---------\nthe text")]
    public void What_a_mail_that_is_no_reply_quotes_was_sent_to_be_read(string text)
        => Assert.Equal(text.Replace("-- \n", "--\n", StringComparison.Ordinal), EmailQuotes.Strip(text, isReply: false));

    [Theory]
    [InlineData("Cancel it.\n\n-- \nLin\nExample Ltd.")]
    [InlineData("Cancel it.\n\nSent from my iPhone")]
    [InlineData("Cancel it.\n-----Original Message-----")]
    public void A_mail_that_is_no_reply_loses_its_signature(string text) => Assert.Equal("Cancel it.", EmailQuotes.Strip(text, isReply: false));

    [Fact]
    public void Answers_between_quoted_lines_keep_their_questions()
    {
        const string Text = "On Thu, Jan 1, 2026 Assistant wrote:\n> When?\n\nAt nine.\n\n> Where?\n\nIn the hall.";

        Assert.Equal(Text, EmailQuotes.Strip(Text, isReply: true));
    }

    [Fact]
    public void A_mail_that_is_nothing_but_quotation_stays_whole() => Assert.Equal("> Shall I?", EmailQuotes.Strip("> Shall I?\n", isReply: true));

    [Theory]
    [InlineData("", true)]
    [InlineData("Sent from my iPhone\n\n-- \nLin", true)]
    [InlineData("Thanks\n-- \nLin", false)]
    [InlineData("-- \nLin\n\n---------- Forwarded message ---------\nthe text", false)]
    [InlineData("-----Original Message-----\nthe text", false)]
    public void A_closing_is_told_from_a_text(string text, bool isOnlyClosing) => Assert.Equal(isOnlyClosing, EmailQuotes.IsOnlyClosing(text));

    [Fact]
    public void A_long_text_takes_no_time()
    {
        var text = string.Concat(Enumerable.Repeat("On and on he wrote 2026 年 and 写 and wrote ", 5_000)) + "\n" + string.Concat(Enumerable.Repeat("在 2026\n", 20_000)) + "end";

        Assert.EndsWith("end", EmailQuotes.Strip(text, isReply: true), StringComparison.Ordinal);
        Assert.EndsWith("end", EmailQuotes.Strip(text, isReply: false), StringComparison.Ordinal);
    }
}
