using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Connections;

/// <summary>One connection being made, read or changed: its form, its test, and what became of saving it.</summary>
public sealed class ConnectionEditor
{
    private readonly ConnectionDesk _desk;
    private readonly Caller _caller;
    private string _initialTitle;
    private AccessPolicy _initialAccess;

    private ConnectionEditor(ConnectionDesk desk, Caller caller, ConnectionRow? existing, ChannelManifest? manifest, string name, string title, AccessPolicy access)
    {
        (_desk, _caller, Existing, Manifest, Name) = (desk, caller, existing, manifest, name);
        Title = _initialTitle = title;
        Access = _initialAccess = access;
        Fields = new FieldsModel(manifest?.Settings ?? [], existing?.Settings ?? [], existing?.Connection.UpdatedAt);
    }

    internal static ConnectionEditor New(ConnectionDesk desk, Caller caller, ChannelManifest manifest, string name)
        => new(desk, caller, null, manifest, name, manifest.DisplayName, AccessPolicy.Pairing);

    internal static ConnectionEditor Of(ConnectionDesk desk, Caller caller, ConnectionRow row)
        => new(desk, caller, row, row.Manifest, row.Connection.Id.Value, row.Connection.DisplayName, row.Connection.Access);

    /// <summary>The stored connection; <see langword="null"/> for a new one.</summary>
    public ConnectionRow? Existing { get; private set; }

    /// <summary><see langword="null"/> when this build has no such channel.</summary>
    public ChannelManifest? Manifest { get; }

    public FieldsModel Fields { get; private set; }

    public string Name { get; set; }

    public string Title { get; set; }

    public AccessPolicy Access { get; set; }

    public string? NameProblem { get; private set; }

    /// <summary>What the use case refused, when no field is to blame.</summary>
    public string? Refusal { get; private set; }

    public ConnectionTest? Test { get; private set; }

    public bool IsTesting { get; private set; }

    public bool IsSaving { get; private set; }

    public bool IsDeleted { get; private set; }

    public bool IsReadOnly => Manifest is null || Existing is { Connection.IsProvisioned: true } || !_caller.Permissions.Contains(Permissions.ChannelsManage);

    public bool MayTest => Manifest is not null && _caller.Permissions.Contains(Permissions.ChannelsManage);

    public bool IsChanged => !IsReadOnly && !IsDeleted && (Existing is null || Fields.IsChanged || Title != _initialTitle || Access != _initialAccess);

    /// <summary>Checks the name, when the person leaves it.</summary>
    public void CheckName() => NameProblem = Slug.IsValid(Name) ? null : Texts.FieldName;

    /// <summary>Tries what is typed, or what is stored when nothing may be typed.</summary>
    public async Task TestAsync(CancellationToken cancellationToken)
    {
        if (IsTesting || (!IsReadOnly && !Fields.CheckAll()))
        {
            return;
        }

        (IsTesting, Test, Refusal) = (true, null, null);
        try
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
        finally
        {
            IsTesting = false;
        }
    }

    /// <summary>Stores what is typed.</summary>
    /// <returns>Whether it is stored.</returns>
    public async Task<bool> SaveAsync(CancellationToken cancellationToken)
    {
        CheckName();
        if (IsSaving || !Fields.CheckAll() || NameProblem is not null)
        {
            return false;
        }

        (IsSaving, Refusal) = (true, null);
        try
        {
            return Took(await _desk.SaveAsync(_caller, Draft(), cancellationToken));
        }
        finally
        {
            IsSaving = false;
        }
    }

    /// <summary>Removes the stored connection.</summary>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
        => Took(await _desk.DeleteAsync(_caller, Name, cancellationToken));

    private ConnectionDraft Draft() => new(
        Name, Manifest!.Type, Title, Access, Existing?.Connection.IsEnabled ?? true, Fields.Values);

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
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    private void Show(IReadOnlyList<SettingProblem> problems)
    {
        Fields.Show(problems);
        NameProblem = problems.FirstOrDefault(p => p.Key == "name") is null ? NameProblem : Texts.FieldName;
        var unplaced = problems.Where(p => p.Key != "name" && Fields.Fields.All(f => f.Key != p.Key)).Select(p => p.Text.In(CultureInfo.CurrentUICulture)).ToList();
        Refusal = unplaced.Count == 0 ? null : string.Join(Environment.NewLine, unplaced);
    }
}
