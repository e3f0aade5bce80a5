using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Connections;

/// <summary>One connection being made, read or changed: its form, its test, and what became of saving it.</summary>
public sealed class ConnectionEditor : NamedSettingsForm
{
    private readonly ConnectionDesk _desk;
    private readonly Caller _caller;
    private string _initialTitle;
    private AccessPolicy _initialAccess;

    private ConnectionEditor(ConnectionDesk desk, Caller caller, ConnectionRow? existing, ChannelManifest? manifest, string name, string title, AccessPolicy access)
        : base(name, new FieldsModel(manifest?.Settings ?? [], existing?.Settings ?? [], existing?.Connection.UpdatedAt), caller)
    {
        (_desk, _caller, Existing, Manifest) = (desk, caller, existing, manifest);
        Title = _initialTitle = title;
        Access = _initialAccess = access;
    }

    internal static ConnectionEditor New(ConnectionDesk desk, Caller caller, ChannelManifest manifest, string name)
        => new(desk, caller, null, manifest, name, manifest.DisplayName, AccessPolicy.Pairing);

    internal static ConnectionEditor Of(ConnectionDesk desk, Caller caller, ConnectionRow row)
        => new(desk, caller, row, row.Manifest, row.Connection.Id.Value, row.Connection.DisplayName, row.Connection.Access);

    /// <summary>The stored connection; <see langword="null"/> for a new one.</summary>
    public ConnectionRow? Existing { get; private set; }

    /// <summary><see langword="null"/> when this build has no such channel.</summary>
    public ChannelManifest? Manifest { get; }

    public string Title { get; set; }

    public AccessPolicy Access { get; set; }

    public ConnectionTest? Test { get; private set; }

    public override bool IsReadOnly => Manifest is null || Existing is { Connection.IsProvisioned: true } || !_caller.Permissions.Contains(Permissions.ChannelsManage);

    public bool MayTest => Manifest is not null && _caller.Permissions.Contains(Permissions.ChannelsManage);

    public override bool IsChanged => !IsReadOnly && !IsDeleted && (Existing is null || HasTyping);

    public override bool HasTyping => base.HasTyping || (!IsReadOnly && !IsDeleted && (Title != _initialTitle || Access != _initialAccess));

    protected override void ForgetTest() => Test = null;

    protected override async Task TryAsync(CancellationToken cancellationToken)
    {
        var outcome = IsReadOnly
            ? await _desk.TestAsync(_caller, Name, cancellationToken)
            : await _desk.TestAsync(_caller, Draft(), cancellationToken);
        switch (outcome)
        {
            case ConnectionTestOutcome.Tested tested:
                Test = tested.Test;
                break;
            case ConnectionTestOutcome.Invalid invalid:
                Show(invalid.Problems);
                break;
            case ConnectionTestOutcome.NotFound:
                Refusal = SetUpTexts.ConnectionGone;
                break;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    protected override async Task<bool> StoreAsync(Caller by, CancellationToken cancellationToken) => Took(await _desk.SaveAsync(by, Draft(), cancellationToken));

    protected override async Task<bool> RemoveAsync(Caller by, CancellationToken cancellationToken) => Took(await _desk.DeleteAsync(by, Name, cancellationToken));

    // The switch is not in this form: whoever turned it meanwhile has the last word.
    private ConnectionDraft Draft() => new(
        Name, Manifest!.Type, Title, Access, IsEnabled: null, Fields.Values, Existing is null ? DraftPurpose.Create : DraftPurpose.Change);

    private bool Took(ConnectionOutcome outcome)
    {
        switch (outcome)
        {
            case ConnectionOutcome.Saved saved:
                Existing = saved.Row;
                (_initialTitle, _initialAccess) = (Title, Access) = (saved.Row.Connection.DisplayName, saved.Row.Connection.Access);
                Fields = new FieldsModel(Manifest!.Settings, saved.Row.Settings, saved.Row.Connection.UpdatedAt);
                return true;
            case ConnectionOutcome.Deleted:
                IsDeleted = true;
                return true;
            case ConnectionOutcome.Invalid invalid:
                Show(invalid.Problems);
                return false;
            case ConnectionOutcome.NameTaken:
                NameProblem = SetUpTexts.NameTaken;
                return false;
            case ConnectionOutcome.Provisioned:
                Refusal = SetUpTexts.ProvisionedWhy;
                return false;
            case ConnectionOutcome.NotFound:
                Refusal = SetUpTexts.ConnectionGone;
                return false;
            case ConnectionOutcome.ChangedMeanwhile:
                Refusal = SetUpTexts.ChangedMeanwhile;
                return false;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }
}
