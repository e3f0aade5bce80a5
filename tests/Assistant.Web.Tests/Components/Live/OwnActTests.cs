using Assistant.Web.Components.Live;
using Assistant.Web.Components.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Assistant.Web.Tests.Components.Live;

public sealed class OwnActTests : BunitContext
{
    [Fact]
    public void A_fault_of_what_nobody_waits_for_is_shown_in_its_panel()
    {
        var desk = new Desk();
        Services.AddSingleton(desk);
        Services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var panel = Render<PanelBoundary>(parameters => parameters.AddChildContent<Looking>());
        Assert.Empty(panel.FindAll(".boundary"));

        desk.Change();

        panel.WaitForAssertion(() => Assert.Single(panel.FindAll(".boundary")));
    }

    private sealed class Desk
    {
        public event Action? Changed;

        public void Change() => Changed?.Invoke();
    }

    private sealed class Looking : ComponentBase
    {
        [Inject]
        private Desk Desk { get; set; } = default!;

        protected override void OnInitialized() => Desk.Changed += () => _ = InvokeAsync(() => OwnAct.RunAsync(LookAsync, DispatchExceptionAsync));

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, "<p>Here.</p>");

        private static async Task LookAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException("The database is restarted.");
        }
    }
}
