using System.Reflection;
using Assistant.Domain.Audit;
using Assistant.Web.Components.Pages.Audit;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditWordsTests
{
    [Fact]
    public void Every_action_the_program_writes_has_words_and_can_be_filtered_by()
    {
        var written = typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToList();

        Assert.Equal(written.Order(StringComparer.Ordinal), AuditWords.Actions.Order(StringComparer.Ordinal));
        Assert.All(written, action => Assert.NotEqual(action, AuditWords.Action(action)));
    }
}
