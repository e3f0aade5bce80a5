namespace Assistant.Web.Components.Live;

/// <summary>
/// What a component does on an event that somebody else's act raises. It would run, and draw, in the language of whoever acted; here it
/// runs in the component's own.
/// </summary>
internal static class OwnContext
{
    /// <summary>The act, in the context of the caller of this method. Keep it, to take it away again.</summary>
    public static Action Of(Action act)
    {
        var own = ExecutionContext.Capture();
        return own is null ? act : () => ExecutionContext.Run(own, _ => act(), null);
    }
}
