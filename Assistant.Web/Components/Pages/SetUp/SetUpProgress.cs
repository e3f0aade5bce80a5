using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>How far the set-up is, read from what there is: nothing of its own is stored, so it cannot be wrong.</summary>
public sealed record SetUpProgress(IReadOnlyList<EngineRow> Engines, IReadOnlyList<ConnectionRow> Connections)
{
    public const string EmbeddedEngine = "embedded";
    public const string WebChat = "webchat";

    public static async Task<SetUpProgress> ReadAsync(EngineDesk engines, ConnectionDesk connections, Caller caller, CancellationToken cancellationToken)
        => new(
            caller.Permissions.Contains(Permissions.EnginesRead) ? await engines.ListAsync(caller, cancellationToken) : [],
            caller.Permissions.Contains(Permissions.ChannelsRead) ? await connections.ListAsync(caller, cancellationToken) : [])
        {
            Allowed = caller.Permissions,
        };

    /// <summary>What whoever sets up may do. A role may have to do with messengers alone, or with engines.</summary>
    public IReadOnlySet<string> Allowed { get; init; } = Permissions.All;

    /// <summary>The engine asked first; <see langword="null"/> where engines are not for the caller to see.</summary>
    public EngineRow? First => Engines.Count > 0 ? Engines[0] : null;

    /// <summary>Something better than the built-in engine answers. One behind it never does: the built-in engine does not fail.</summary>
    public bool HasEngine => First is { } first && first.Engine.Type != EmbeddedEngine;

    public IReadOnlyList<ConnectionRow> Running { get; } = [.. Connections.Where(row => row.Connection.IsEnabled)];

    /// <summary>People can write from a messenger, not only on the web page.</summary>
    public bool HasMessenger => Running.Any(row => row.Connection.ChannelType != WebChat);

    /// <summary>Address of the web chat, or <see langword="null"/> when none is on.</summary>
    public string? WebChatPath => Running.FirstOrDefault(row => row.Connection.ChannelType == WebChat) is { } row ? $"/chat/{row.Connection.Id}" : null;

    /// <summary>Why the messenger's step is there: no word of a web chat that is off.</summary>
    public string MessengerWhy => WebChatPath is null ? SetUpTexts.MessengerWhyAlone : SetUpTexts.MessengerWhy;

    /// <summary>What to do at the end, which depends on where one can write to the assistant.</summary>
    public string DoneWhy => WebChatPath is not null ? SetUpTexts.DoneWhy : HasMessenger ? SetUpTexts.DoneWhyMessenger : SetUpTexts.DoneWhyNowhere;

    /// <summary>Who may write: each policy in use, once.</summary>
    public IReadOnlyList<AccessPolicy> Policies => [.. Connections.Select(row => row.Connection.Access).Distinct().Order()];

    /// <summary>Whether the set-up offers the channel. One that has no provider's page and asks for nothing is one of ours: web chat, which is there already.</summary>
    public static bool Offers(ChannelManifest manifest) => manifest.SetupUrl is not null || manifest.Settings.Any(field => field.IsRequired);

    /// <summary>Whether the step wants what the caller may not do, so that it is somebody else's.</summary>
    public bool IsForAnother(SetUpStep step) => step switch
    {
        SetUpStep.Engine => !Allowed.Contains(Permissions.EnginesRead) || !Allowed.Contains(Permissions.EnginesManage),
        SetUpStep.Messenger or SetUpStep.Access => !Allowed.Contains(Permissions.ChannelsRead) || !Allowed.Contains(Permissions.ChannelsManage),
        _ => false,
    };

    public bool IsDone(SetUpStep step) => step switch
    {
        SetUpStep.Account => true,
        SetUpStep.Engine => HasEngine,
        SetUpStep.Messenger => HasMessenger,
        SetUpStep.Access => Connections.Count > 0,
        _ => false,
    };
}
