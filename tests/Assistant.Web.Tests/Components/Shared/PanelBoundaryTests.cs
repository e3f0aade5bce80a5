using Assistant.Web.Components.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class PanelBoundaryTests : BunitContext
{
    private readonly Door _door = new();

    public PanelBoundaryTests()
    {
        Services.AddSingleton(_door);
        Services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void A_room_that_failed_does_not_fail_the_next_one()
    {
        _door.IsStuck = true;
        var panel = Render<PanelBoundary>(parameters => parameters.AddChildContent<Room>());
        Assert.Single(panel.FindAll(".boundary"));

        _door.IsStuck = false;
        Navigation.NavigateTo("people");

        Assert.Equal("Here.", panel.Find("p").TextContent);
        Assert.Empty(panel.FindAll(".boundary"));
    }

    [Fact]
    public void A_room_that_fails_too_says_so_once()
    {
        _door.IsStuck = true;
        var panel = Render<PanelBoundary>(parameters => parameters.AddChildContent<Room>());

        Navigation.NavigateTo("people");

        Assert.Single(panel.FindAll(".boundary"));
        Assert.Equal(2, _door.Tries);
    }

    [Fact]
    public void What_is_drawn_again_where_it_stands_is_not_tried_again()
    {
        _door.IsStuck = true;
        var panel = Render<PanelBoundary>(parameters => parameters.AddChildContent<Room>());

        panel.Render(parameters => parameters.AddChildContent<Room>());

        Assert.Equal(1, _door.Tries);
    }

    private sealed class Door
    {
        public bool IsStuck { get; set; }

        public int Tries { get; set; }
    }

    private sealed class Room : ComponentBase
    {
        [Inject]
        private Door Door { get; set; } = default!;

        protected override void OnInitialized()
        {
            Door.Tries++;
            if (Door.IsStuck)
            {
                throw new InvalidOperationException("The door is stuck.");
            }
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, "<p>Here.</p>");
    }
}
