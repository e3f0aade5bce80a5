namespace Assistant.Infrastructure.Outgoing;

/// <summary>Where the program may connect to.</summary>
public sealed class OutgoingOptions
{
    public const string Section = "Assistant:Outgoing";

    /// <summary>
    /// Whether an address that somebody with the permission to manage engines or connections entered may lead to this machine or a private
    /// network. Default: <see langword="true"/>, for an engine on the machine or in the house. Set it to <see langword="false"/> where those
    /// people are not to reach the network the program stands in. Link-local addresses and the metadata of clouds are refused in any case.
    /// </summary>
    public bool AllowPrivate { get; set; } = true;
}
