using Microsoft.JSInterop;

namespace Assistant.Web.Components.Shared;

internal static class JsModules
{
    /// <summary>Lets a script module go; the circuit may be gone already, which is fine.</summary>
    public static ValueTask ReleaseAsync(this IJSObjectReference? module)
        => module is null ? ValueTask.CompletedTask : UnlessGoneAsync(module.DisposeAsync);

    /// <summary>Stops a listener (its <c>stop</c>) and lets it go; when the page is gone, so is what it listened to.</summary>
    public static async ValueTask StopAsync(this IJSObjectReference? listener)
    {
        if (listener is not null)
        {
            await UnlessGoneAsync(() => listener.InvokeVoidAsync("stop"));
            await listener.ReleaseAsync();
        }
    }

    private static async ValueTask UnlessGoneAsync(Func<ValueTask> call)
    {
        try
        {
            await call();
        }
        catch (JSDisconnectedException)
        {
            // The browser left; its side is released with the page.
        }
    }
}
