using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class SignalSettings
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("account", new("Account", "账号"), new("The assistant's number, +15550100001, or the account's ACI.", "助手的号码（例如 +15550100001）或账号的 ACI。"), IsRequired: true),
        new("daemon", new("Daemon", "守护进程"),
            new("Address of signal-cli's HTTP daemon. It asks nobody for a password: keep it on this machine or in a network of its own.",
                "signal-cli HTTP 守护进程的地址。它不要求密码：请仅在本机或独立网络中运行。"),
            SettingKind.Url, Default: "http://127.0.0.1:8081"),
        GroupRule.Field,
    ];

    public SignalSettings(SettingValues values)
    {
        values = values.WithDefaults(Fields);
        Account = values.Require("account").Trim();
        Daemon = new Uri(values.Require("daemon").TrimEnd('/') + "/");
        Groups = GroupRule.Of(values);
    }

    public string Account { get; }

    public Uri Daemon { get; }

    public GroupRule Groups { get; }
}
