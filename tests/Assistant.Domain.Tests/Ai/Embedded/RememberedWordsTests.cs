using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Assistant.Testing.Ai;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>
/// Nothing is taken from the words that are to be remembered, neither when they are kept nor when they are shown; and of what was told of one thing,
/// what holds now is shown.
/// </summary>
public sealed class RememberedWordsTests
{
    [Theory]
    [InlineData("Remember this is my car", "this is my car")]
    [InlineData("Remember that this is my phone: 555", "this is my phone: 555")]
    [InlineData("note that that guy is Tom", "that guy is Tom")]
    [InlineData("Remember that is my car", "that is my car")]
    [InlineData("remember, that's Tom", "that's Tom")]
    [InlineData("remember that's Tom", "that's Tom")]
    [InlineData("note this is my locker", "this is my locker")]
    [InlineData("can you remember this is my car?", "this is my car")]
    [InlineData("remember this place", "this place")]
    [InlineData("remember this, the key is with Tom", "the key is with Tom")]
    [InlineData("remember for me that the key is with Tom", "the key is with Tom")]
    [InlineData("save this for me: IBAN DE02", "IBAN DE02")]
    [InlineData("note this down: IBAN DE02", "IBAN DE02")]
    [InlineData("save this\nIBAN DE02", "IBAN DE02")]
    [InlineData("Remember! The key is with Tom", "The key is with Tom")]
    [InlineData("记住！钥匙在门后", "钥匙在门后")]
    [InlineData("记得！明天买牛奶", "明天买牛奶")]
    [InlineData("记住!!钥匙在门后", "钥匙在门后")]
    [InlineData("别忘啦：周六体检", "周六体检")]
    [InlineData("记住呀，周六体检", "周六体检")]
    [InlineData("记住啦啦队周六排练", "啦啦队周六排练")]
    [InlineData("备忘录：周六体检", "周六体检")]
    [InlineData("備忘錄：週六體檢", "週六體檢")]
    [InlineData("你帮我记着点，周日聚餐", "周日聚餐")]
    [InlineData("记着点儿：周日聚餐", "周日聚餐")]
    [InlineData("记住点心在柜子里", "点心在柜子里")]
    [InlineData("千万别忘了周六去体检", "周六去体检")]
    [InlineData("千萬別忘了週六去體檢", "週六去體檢")]
    [InlineData("可别忘了给奶奶打电话", "给奶奶打电话")]
    [InlineData("可以记住我住在杭州吗", "我住在杭州")]
    [InlineData("记录：今天血压130/85", "今天血压130/85")]
    [InlineData("帮我记个事，周日给奶奶打电话", "周日给奶奶打电话")]
    [InlineData("记一件事：周日聚餐", "周日聚餐")]
    [InlineData("存一下：医保卡号 1234567", "医保卡号 1234567")]
    [InlineData("帮我把这个号码存一下 13800000000", "13800000000")]
    [InlineData("将我的座位号12A记住", "我的座位号12A")]
    [InlineData("將我的座位號12A記住", "我的座位號12A")]
    [InlineData("把我的座位号12A存一下", "我的座位号12A")]
    [InlineData("医保卡号 1234567，存一下", "医保卡号 1234567")]
    [InlineData("记笔记：水管工叫李雷", "水管工叫李雷")]
    [InlineData("记账：午饭25元", "午饭25元")]
    [InlineData("記帳：午飯25元", "午飯25元")]
    [InlineData("你好，我叫李雷，请记住我的名字", "我叫李雷")]
    [InlineData("can you remember the alarm code 4471?", "the alarm code 4471")]
    [InlineData("could you remember my locker number 22?", "my locker number 22")]
    [InlineData("能帮我记一下喝茶5点吗", "喝茶5点")]
    [InlineData("可以帮我记住喝茶5点吗？", "喝茶5点")]
    [InlineData("能不能替我记下喝茶五点吗？", "喝茶五点")]
    [InlineData("可以記住喝茶5點嗎？", "喝茶5點")]
    public void What_points_at_the_words_is_told_from_the_words(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("do you remember the alarm code 4471?")]
    [InlineData("can you remember where I parked on level 3?")]
    [InlineData("can you remember the alarm code?")]
    [InlineData("还记得喝茶5点吗？")]
    [InlineData("你能记住5个电话吗？")]
    [InlineData("你帮我记住密码了吗？")]
    [InlineData("能帮我记住谁的生日吗")]
    [InlineData("你能记住我的生日吗？")]
    public void What_asks_for_what_was_told_is_not_remembered(string utterance)
        => Assert.IsType<SpokenRequest.Recall>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("remember this please")]
    [InlineData("remember this for me")]
    [InlineData("note this!")]
    [InlineData("can you remember this?")]
    [InlineData("记住！")]
    [InlineData("记得！")]
    [InlineData("别忘啦")]
    [InlineData("记着点")]
    [InlineData("帮我把这个号码存一下")]
    [InlineData("你记住吧")]
    public void What_points_at_nothing_remembers_nothing(string utterance)
        => Assert.Equal(new SpokenRequest.Remember(""), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("你记住了没有")]
    [InlineData("你记住没有？")]
    [InlineData("您记住了没")]
    [InlineData("记下来没")]
    [InlineData("都记好了吗")]
    [InlineData("你记下了吧")]
    [InlineData("记住了？")]
    [InlineData("你記住了沒有")]
    public void Whether_it_is_kept_is_answered_with_what_is(string utterance)
    {
        Assert.IsType<SpokenRequest.ListFacts>(UtteranceReader.Read(utterance).Request);
        Assert.EndsWith("> 周六体检", EmbeddedResponder.Answer(Saying(utterance).WithFact("周六体检").Build()).Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("你记住了几件事")]
    [InlineData("您都记住了多少？")]
    [InlineData("你記住了幾條")]
    public void How_much_is_kept_is_answered_with_what_is(string utterance)
        => Assert.IsType<SpokenRequest.ListFacts>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("记住几个要点", "几个要点")]
    [InlineData("记住了几点：一、带伞", "几点：一、带伞")]
    [InlineData("记住了，几点到都行", "几点到都行")]
    [InlineData("记住：OTP是什么意思", "OTP是什么意思")]
    [InlineData("记住这句话的意思是快走", "这句话的意思是快走")]
    public void What_counts_or_means_something_may_be_told(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("你记住了几个电话")]
    [InlineData("记住密码是什么意思")]
    [InlineData("请问记住密码是啥意思啊")]
    [InlineData("记住了多少个电话？")]
    [InlineData("你记住我的生日没有")]
    [InlineData("您记下来我的生日没？")]
    public void Whether_one_thing_is_kept_is_looked_up(string utterance)
        => Assert.IsType<SpokenRequest.Recall>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("将来的事谁也记不住")]
    [InlineData("记录被打破了")]
    [InlineData("保存文件失败")]
    [InlineData("存钱很难")]
    [InlineData("记个事故很麻烦")]
    [InlineData("千万富翁")]
    public void What_only_begins_like_a_request_is_not_remembered(string utterance)
        => Assert.IsNotType<SpokenRequest.Remember>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("the file is __init__.py", "> the file is \\_\\_init\\_\\_.py")]
    [InlineData("my password is *hunter2*", "> my password is \\*hunter2\\*")]
    public void Marks_that_may_be_meant_are_shown(string statement, string quoted)
    {
        Assert.EndsWith(quoted, EmbeddedResponder.Answer(Saying("remember that " + statement).Build()).Markdown, StringComparison.Ordinal);
        Assert.EndsWith(quoted, EmbeddedResponder.Answer(Saying("what do you remember?").WithFact(statement).Build()).Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("where did I put the passport?", "I put the passport in the safe", "I moved the passport to the drawer")]
    [InlineData("when is emma's swimming lesson?", "emma's swimming lesson is on Tuesday", "emma's swimming is on Wednesday now")]
    [InlineData("什么时候交水电费", "下周三要交水电费", "改一下，水电费是下周四交")]
    public void What_has_changed_is_told_before_what_was(string question, string before, string since)
    {
        Assert.Equal([since, before], QuotesIn(Saying(question).WithFact(before, "2026-05-03").WithFact(since, "2026-05-05")));
        Assert.Equal([since, before], QuotesIn(Saying(question).WithFact(before, "2026-05-03").WithRecollection(since, "2026-05-05")));
        Assert.Equal([before], QuotesIn(Saying(question).WithFact(before, "2026-05-05").WithRecollection(since, "2026-05-03")));
    }

    [Theory]
    [InlineData("where did I put the passport?", "I put the passport in the safe", "the passport is in the drawer")]
    [InlineData("what is emma's shoe size?", "emma's shoe size is 38", "emma has shoe 39")]
    public void A_later_fact_is_told_beside_what_has_more_of_the_words(string question, string before, string since)
        => Assert.Equal([before, since], QuotesIn(Saying(question).WithFact(before, "2026-05-03").WithFact(since, "2026-05-05")));

    [Theory]
    [InlineData("where did I put the passport?", "I put the passport in the safe", "I put the bread in the oven now")]
    [InlineData("where did I park the car?", "I parked the car on level 3", "the car needs to be washed")]
    public void What_was_said_later_of_something_else_is_not_told(string question, string told, string said)
        => Assert.Equal([told], QuotesIn(Saying(question).WithFact(told, "2026-05-03").WithRecollection(said, "2026-05-05")));

    [Theory]
    [InlineData("妈妈的电话是多少", "妈妈的电话", "妈妈的手机号是13800138000")]
    [InlineData("车险到期日是哪天", "我想知道车险到期日", "车险2月4日到期")]
    [InlineData("whos the plumber?", "whos the plumber", "the plumber is Bob Marsh")]
    [InlineData("where's the stepladder?", "i cant find the stepladder", "the stepladder is at Tom's")]
    [InlineData("when does the car insurance run out?", "so I was wondering when the car insurance runs out", "the car insurance expires on 4 February")]
    [InlineData("what is my blood type?", "my blood type", "my blood type is A")]
    [InlineData("我的血型是什么", "我的血型", "我的血型是A型")]
    public void What_only_repeats_the_question_does_not_hide_what_was_told(string question, string repeated, string told)
    {
        Assert.Equal([told], QuotesIn(Saying(question).WithFact(told).WithRecollection(repeated, "2026-05-05")));
        Assert.Equal([told], QuotesIn(Saying(question).WithRecollection(told).WithRecollection(repeated, "2026-05-05")));
    }

    [Theory]
    [InlineData("is the ladder in the shed?", "the ladder is in the shed")]
    [InlineData("when did I move?", "I moved in May")]
    [InlineData("who has the keys?", "I have the keys")]
    [InlineData("what is emma's size?", "emma's size is S")]
    [InlineData("谁有钥匙", "我有钥匙")]
    public void Little_words_may_be_the_answer(string question, string told)
        => Assert.Equal([told], QuotesIn(Saying(question).WithRecollection(told)));

    [Fact]
    public void What_was_to_be_remembered_is_told_beside_messages_with_more_of_the_words()
    {
        const string Fact = "the car insurance expires on 4 February";
        var asked = Saying("when does the car insurance run out?").WithFact(Fact).WithRecollection("see to the car before the insurance runs out");

        Assert.Equal(["see to the car before the insurance runs out", Fact], QuotesIn(asked));

        asked.WithRecollection("the car insurance runs out soon").WithRecollection("car insurance: does not run out in winter");
        Assert.Equal(3, QuotesIn(asked).Count());
        Assert.Contains(Fact, QuotesIn(asked));
    }

    [Theory]
    [InlineData("what is my locker number?", "my locker number is 12", "remember that my locker number is 77")]
    [InlineData("where did I park?", "I parked on level 3", "I parked on level 1")]
    [InlineData("我的电话是多少", "我的电话是138", "我的电话是139")]
    [InlineData("我住在哪里？", "我住在杭州", "我住在苏州")]
    public void What_another_calls_theirs_is_not_the_askers(string question, string own, string anothers)
    {
        Assert.Equal([own], QuotesIn(Saying(question).InGroup().WithHistory(AuthorKind.Person, own).WithHistoryOf("Anna", anothers)));

        var answer = EmbeddedResponder.Answer(Saying(question).InGroup().WithHistoryOf("Anna", anothers).Build());
        Assert.Matches("^(?:I am not sure|我不太确定)", answer.Markdown);
        Assert.False(answer.IsSubstantial);
    }

    [Theory]
    [InlineData("what did Anna say about my locker?", "the locker is broken")]
    [InlineData("where can I find the ladder?", "the ladder is in the shed")]
    [InlineData("can you tell me where the ladder is?", "the ladder is in the shed")]
    [InlineData("我可以用梯子吗？", "梯子大家都可以用")]
    [InlineData("告诉我梯子在哪里", "梯子在车库里")]
    public void What_another_said_answers_who_does_not_ask_about_themselves(string question, string said)
        => Assert.True(EmbeddedResponder.Answer(Saying(question).InGroup().WithHistoryOf("Anna", said).Build()).IsSubstantial);

    private static IEnumerable<string> QuotesIn(ReplyContextBuilder said)
        => EmbeddedResponder.Answer(said.Build()).Markdown.Split('\n').Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => line[2..]);
}
