using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>What is not to be remembered, and what is to be removed: neither is claimed to be done when it is not.</summary>
public sealed class NotRememberingTests
{
    [Theory]
    [InlineData("don't remember that", "remember that my pin is 4321", "my pin is 4321", "What you told me just before stays noted")]
    [InlineData("不用记了", "记住我的密码是8899", "我的密码是8899", "您刚才告诉我的内容仍然记着")]
    public void What_was_noted_just_before_stays_so(string words, string told, string fact, string start)
        => Assert.StartsWith(
            start, EmbeddedResponder.Answer(Saying(words).WithFactOf(told, fact).WithHistory(AuthorKind.Assistant, "Noted.").Build()).Markdown, StringComparison.Ordinal);

    [Theory]
    [InlineData("don't remember that", "All right, I will not note it down.")]
    [InlineData("不用记了", "好的，我不会专门记下来。")]
    public void What_was_only_said_is_not_noted(string words, string start)
    {
        Assert.StartsWith(start, EmbeddedResponder.Answer(Saying(words).WithHistory(AuthorKind.Person, "my pin is 4321").Build()).Markdown, StringComparison.Ordinal);
        Assert.StartsWith(
            start,
            EmbeddedResponder.Answer(Saying(words).WithFactOf("remember that I like tea", "I like tea").WithHistory(AuthorKind.Person, "my pin is 4321").Build()).Markdown,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete the gate code")]
    [InlineData("remove that")]
    [InlineData("remove the last one")]
    [InlineData("delete that")]
    [InlineData("delete this message")]
    [InlineData("erase that")]
    [InlineData("undo")]
    [InlineData("undo that")]
    [InlineData("how do I delete a note?")]
    [InlineData("how do I delete")]
    [InlineData("how can I remove something you remember?")]
    [InlineData("can you delete it")]
    [InlineData("can you please remove the alarm code?")]
    [InlineData("I want you to delete my locker number")]
    [InlineData("delete what I said on Monday")]
    [InlineData("delete the note about the plumber")]
    [InlineData("please delete my pin, thanks")]
    [InlineData("Delete that, it's wrong")]
    [InlineData("can I delete a note?")]
    [InlineData("is there a way to delete something")]
    [InlineData("删除门禁密码")]
    [InlineData("删掉这条")]
    [InlineData("删除")]
    [InlineData("撤回")]
    [InlineData("撤回刚才那条")]
    [InlineData("请删除我的生日")]
    [InlineData("能删掉吗")]
    [InlineData("删了吧")]
    [InlineData("怎么删除")]
    [InlineData("怎么删除你记住的内容？")]
    [InlineData("如何把这条删掉")]
    [InlineData("请问怎么删掉一条记录")]
    [InlineData("刪除門禁密碼")]
    [InlineData("删除我刚才说的话")]
    [InlineData("帮我删掉车牌号吧")]
    [InlineData("删除之前说的")]
    [InlineData("how do I delete the last thing I told you")]
    public void To_delete_what_was_told_is_asked_for(string utterance)
        => Assert.IsType<SpokenRequest.Forget>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("remove the cake from the oven at 5")]
    [InlineData("Delete key on my laptop is broken")]
    [InlineData("the delete key is broken")]
    [InlineData("how do I remove a stain?")]
    [InlineData("how do I delete my Gmail account?")]
    [InlineData("Remove shoes before entering")]
    [InlineData("undo the top screw first")]
    [InlineData("I deleted the photos")]
    [InlineData("Deleted the app yesterday")]
    [InlineData("remember to delete the photos")]
    [InlineData("do not delete this")]
    [InlineData("删除键坏了")]
    [InlineData("删除照片要小心")]
    [InlineData("删掉了照片")]
    [InlineData("怎么删除微信好友")]
    [InlineData("删除后不能恢复")]
    [InlineData("删除微信好友的方法")]
    [InlineData("撤回消息的时间是两分钟")]
    [InlineData("他删除了我的好友")]
    [InlineData("删了照片")]
    [InlineData("记得删除照片")]
    [InlineData("removing the battery takes an hour")]
    [InlineData("Erased")]
    [InlineData("怎么删除照片")]
    public void What_somebody_deletes_or_removes_of_their_own_is_no_request(string utterance)
        => Assert.IsNotType<SpokenRequest.Forget>(UtteranceReader.Read(utterance).Request);

    [Fact]
    public void Who_wants_something_deleted_is_not_quoted_for_it()
        => Assert.StartsWith("I cannot delete anything myself.", EmbeddedResponder.Answer(
            Saying("how do I delete a note?").WithRecollection("delete this note").Build()).Markdown, StringComparison.Ordinal);
}
