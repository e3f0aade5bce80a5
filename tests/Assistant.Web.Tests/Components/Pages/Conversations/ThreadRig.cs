using Assistant.Domain.Conversations;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>A conversation in which somebody says something, and the thread of it as an operator has it open.</summary>
public abstract class ThreadRig
{
    private protected static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private protected DeskFixture House { get; } = new();

    private protected ConversationId Id { get; }

    private protected ThreadRig() => Id = House.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);

    private protected Message Say(int count)
    {
        Message? last = null;
        for (var i = 0; i < count; i++)
        {
            last = House.Conversations.Say(Id, AuthorKind.Person, "Li Wei", $"message {i}");
        }

        return last!;
    }

    private protected async Task<ThreadModel> OpenedAsync()
    {
        var thread = House.Thread();
        await thread.OpenAsync(Id, Cancel);
        return thread;
    }
}
