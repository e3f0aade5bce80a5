using Microsoft.JSInterop;

namespace Assistant.Web.Components.Shared;

internal static class JsModules
{
    /// <summary>Lets a script module go; the circuit may be gone already, which is fine.</summary>
    public static async ValueTask ReleaseAsync(this IJSObjectReference? module)
    {
        try
        {
            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser left; its side is released with the page.
        }
    }
}
