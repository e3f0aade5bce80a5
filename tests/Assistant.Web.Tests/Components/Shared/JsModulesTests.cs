using Assistant.Web.Components.Shared;
using Bunit;
using Microsoft.JSInterop;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class JsModulesTests : BunitContext
{
    private const string Script = "/console/keys.js";

    [Fact]
    public async Task A_call_that_is_given_up_because_the_page_goes_is_no_fault()
    {
        var module = JSInterop.SetupModule(Script);
        module.SetupVoid("stop").SetCanceled();
        var listener = await JSInterop.JSRuntime.InvokeAsync<IJSObjectReference>("import", Xunit.TestContext.Current.CancellationToken, Script);

        await listener.StopAsync();

        module.VerifyInvoke("stop");
    }
}
