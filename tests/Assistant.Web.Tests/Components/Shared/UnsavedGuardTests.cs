using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Localization;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class UnsavedGuardTests : BunitContext
{
    [Fact]
    public void What_was_saved_a_moment_ago_is_left_without_a_question_and_what_was_not_is_asked_about()
    {
        using var english = new SpokenLanguage("en");
        var isChanged = true;
        var asked = JSInterop.Setup<bool>("confirm", _ => true).SetResult(false);
        Render<UnsavedGuard>(parameters => parameters.Add(p => p.IsChanged, () => isChanged));
        var navigation = (BunitNavigationManager)Services.GetRequiredService<NavigationManager>();

        navigation.NavigateTo("engines");
        Assert.Equal(NavigationState.Prevented, navigation.History.First().State);

        isChanged = false; // stored, and nothing was drawn since
        navigation.NavigateTo("engines?open=own");

        Assert.Equal(NavigationState.Succeeded, navigation.History.First().State);
        Assert.Single(asked.Invocations);
    }
}
