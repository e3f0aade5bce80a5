using Assistant.Domain.Messaging;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Connections;

/// <summary>States and policies of a connection, in words.</summary>
internal static class ConnectionWords
{
    public static Status KindOf(ConnectionRow row) => !row.Connection.IsEnabled ? Status.Off : row.Health?.State switch
    {
        null or ConnectionState.Off => Status.Off,
        ConnectionState.Starting => Status.Info,
        ConnectionState.Up => Status.Ok,
        ConnectionState.Degraded => Status.Warn,
        ConnectionState.Down => Status.Bad,
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    public static string StateOf(ConnectionRow row) => !row.Connection.IsEnabled ? SetUpTexts.StateSwitchedOff : row.Health?.State switch
    {
        null or ConnectionState.Off => SetUpTexts.StateNotRunning,
        ConnectionState.Starting => SetUpTexts.StateStarting,
        ConnectionState.Up => SetUpTexts.StateUp,
        ConnectionState.Degraded => SetUpTexts.StateDegraded,
        ConnectionState.Down => SetUpTexts.StateDown,
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    public static string NameOf(AccessPolicy policy) => policy switch
    {
        AccessPolicy.Pairing => SetUpTexts.AccessPairing,
        AccessPolicy.Open => SetUpTexts.AccessOpen,
        AccessPolicy.Allowlist => SetUpTexts.AccessAllowlist,
        AccessPolicy.Blocked => SetUpTexts.AccessBlocked,
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    public static string MeaningOf(AccessPolicy policy) => policy switch
    {
        AccessPolicy.Pairing => SetUpTexts.AccessPairingMeans,
        AccessPolicy.Open => SetUpTexts.AccessOpenMeans,
        AccessPolicy.Allowlist => SetUpTexts.AccessAllowlistMeans,
        AccessPolicy.Blocked => SetUpTexts.AccessBlockedMeans,
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };
}
