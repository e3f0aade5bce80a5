namespace Assistant.Testing.Weixin;

/// <summary>What goes wrong with one send.</summary>
public abstract record WeixinFault
{
    private WeixinFault() { }

    /// <summary>None: what is to fail comes later.</summary>
    public sealed record Nothing : WeixinFault;

    /// <summary>Refused, with HTTP status 200.</summary>
    public sealed record Refused(int Code, string Message) : WeixinFault;

    /// <summary>A page of a server in front; nothing is shown.</summary>
    public sealed record Page(int Status, int? RetryAfterSeconds = null) : WeixinFault;

    /// <summary>The message is shown and the connection cut before the answer.</summary>
    public sealed record Cut : WeixinFault;
}
