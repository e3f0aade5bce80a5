using Assistant.Web.Components.Shared;
using Bunit;

namespace Assistant.Web.Tests.Components.Shared;

/// <summary>What is below a field must not move while a press that leaves the field is on its way.</summary>
public sealed class FieldErrorTests : BunitContext
{
    [Fact]
    public void A_field_nothing_was_wrong_with_has_no_line()
    {
        var error = Render<FieldError>(p => p.Add(e => e.Problem, (string?)null));

        Assert.Empty(error.FindAll(".error"));
    }

    [Fact]
    public void A_line_that_was_shown_keeps_its_place_when_the_field_was_put_right()
    {
        var error = Render<FieldError>(p => p.Add(e => e.Problem, "Use at least 12 characters."));
        Assert.DoesNotContain("past", error.Find(".error").ClassList);

        error.Render(p => p.Add(e => e.Problem, (string?)null));

        Assert.Equal("Use at least 12 characters.", error.Find(".error.past").TextContent);
    }

    [Fact]
    public void What_is_wrong_next_is_said_in_the_same_line()
    {
        var error = Render<FieldError>(p => p.Add(e => e.Problem, "Use at least 12 characters."));
        error.Render(p => p.Add(e => e.Problem, (string?)null));

        error.Render(p => p.Add(e => e.Problem, "Not your e-mail address."));

        Assert.Equal("Not your e-mail address.", Assert.Single(error.FindAll(".error:not(.past)")).TextContent);
    }
}
