using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Where <c>assistant.yaml</c> is and how its changes are noticed.</summary>
public sealed class ProvisioningOptions
{
    public const string Section = "Assistant:Provisioning";

    /// <summary>The file. Default: <c>ASSISTANT_CONFIG</c>, else <c>assistant.yaml</c> in the data folder. One that is named must exist.</summary>
    public string? File { get; set; }

    /// <summary>How long a file must rest before a change is read, since editors write in several steps. Default 300 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan Debounce { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How often the file is looked at where the system reports no changes (network and container mounts). Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);
}
