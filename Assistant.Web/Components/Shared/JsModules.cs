using Assistant.Domain.Security.Passkeys;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Shared;

internal static class JsModules
{
    // The browser gives up when the challenge ends; its answer has a way to go.
    private static readonly TimeSpan PasskeyPatience = Ceremony.Lifetime + TimeSpan.FromSeconds(30);

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

    /// <summary>Calls a function that waits for a person to use a passkey. A call without a time of its own is given up after a minute.</summary>
    /// <param name="late">What is returned when they take longer than their challenge lives.</param>
    public static async Task<string> AskForPasskeyAsync(this IJSObjectReference module, string function, string late, params object?[] arguments)
    {
        try
        {
            return await module.InvokeAsync<string>(function, PasskeyPatience, arguments);
        }
        catch (TaskCanceledException)
        {
            return late;
        }
    }

    private static async ValueTask UnlessGoneAsync(Func<ValueTask> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The browser left, or leaves while it is asked; its side is released with the page.
        }
    }
}
