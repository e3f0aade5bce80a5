namespace Assistant.Web.Components.Live;

/// <summary>What a component does because of an event, which nobody waits for: its fault would be seen by nobody.</summary>
internal static class OwnAct
{
    /// <param name="dispatchAsync">The component's <c>DispatchExceptionAsync</c>, which shows the fault in its panel. A component that is gone shows none.</param>
    public static async Task RunAsync(Func<Task> act, Func<Exception, Task> dispatchAsync)
    {
        try
        {
            await act();
        }
        catch (Exception exception)
        {
            await dispatchAsync(exception);
        }
    }
}
