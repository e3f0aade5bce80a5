using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Engines;

/// <summary>One engine being made, read or changed: its form, its test, and what became of saving it.</summary>
public sealed class EngineEditor : NamedSettingsForm
{
    private readonly EngineDesk _desk;
    private readonly Caller _caller;
    private readonly int? _order; // a new one's

    private EngineEditor(EngineDesk desk, Caller caller, EngineRow? existing, EngineManifest? manifest, string name, int? order)
        : base(name, new FieldsModel(manifest?.Settings ?? [], existing?.Settings ?? [], existing?.Engine.UpdatedAt), caller)
        => (_desk, _caller, Existing, Manifest, _order) = (desk, caller, existing, manifest, order);

    internal static EngineEditor New(EngineDesk desk, Caller caller, EngineManifest manifest, string name, int order)
        => new(desk, caller, null, manifest, name, order);

    internal static EngineEditor Of(EngineDesk desk, Caller caller, EngineRow row)
        => new(desk, caller, row, row.Manifest, row.Engine.Name, order: null);

    /// <summary>The stored engine; <see langword="null"/> for a new one.</summary>
    public EngineRow? Existing { get; private set; }

    /// <summary><see langword="null"/> when this build has no such type.</summary>
    public EngineManifest? Manifest { get; }

    /// <summary>Asked first from now on.</summary>
    public bool MakeDefault { get; set; }

    public EngineTest? Test { get; private set; }

    public override bool IsReadOnly => Manifest is null || Existing is { Engine.IsProvisioned: true } || !MayManage;

    public bool MayTest => Manifest is not null && MayManage;

    public override bool IsChanged => !IsReadOnly && !IsDeleted && (Existing is null || HasTyping);

    public override bool HasTyping => base.HasTyping || (!IsReadOnly && !IsDeleted && MakeDefault);

    private bool MayManage => _caller.Permissions.Contains(Permissions.EnginesManage);

    /// <summary>The test as checks: what was asked of the engine and what came back.</summary>
    public IReadOnlyList<ConnectionCheck>? Checks => Test switch
    {
        null => null,
        { Problem: { } problem } => [new ConnectionCheck(new Phrase.Verbatim(SetUpTexts.EngineAnswers), false, problem)],
        { Answer: var answer } => [new ConnectionCheck(new Phrase.Verbatim(SetUpTexts.EngineAnswers), true, new Phrase.Verbatim(SetUpTexts.Quoted(answer ?? "")))],
    };

    protected override void ForgetTest() => Test = null;

    protected override async Task TryAsync(CancellationToken cancellationToken)
    {
        var outcome = IsReadOnly
            ? await _desk.TestAsync(_caller, Name, cancellationToken)
            : await _desk.TestAsync(_caller, Draft(), cancellationToken);
        switch (outcome)
        {
            case EngineTestOutcome.Tested tested:
                Test = tested.Test;
                break;
            case EngineTestOutcome.Invalid invalid:
                Show(invalid.Problems);
                break;
            case EngineTestOutcome.NotFound:
                Refusal = SetUpTexts.EngineGone;
                break;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    protected override async Task<bool> StoreAsync(Caller by, CancellationToken cancellationToken) => Took(await _desk.SaveAsync(by, Draft(), cancellationToken));

    protected override async Task<bool> RemoveAsync(Caller by, CancellationToken cancellationToken) => Took(await _desk.DeleteAsync(by, Name, cancellationToken));

    // The place in the order is not in this form: whoever changed it meanwhile has the last word.
    private EngineDraft Draft() => new(Name, Manifest!.Type, Fields.Values, MakeDefault, _order, Purpose);

    // The stand-in goes by itself when another engine is made: who has it open may still store it.
    private DraftPurpose Purpose => Existing switch
    {
        null => DraftPurpose.Create,
        { Engine.IsStandIn: true } => DraftPurpose.Either,
        _ => DraftPurpose.Change,
    };

    private bool Took(EngineOutcome outcome)
    {
        switch (outcome)
        {
            case EngineOutcome.Saved saved:
                (Existing, MakeDefault) = (saved.Row, false);
                Fields = new FieldsModel(Manifest!.Settings, saved.Row.Settings, saved.Row.Engine.UpdatedAt);
                return true;
            case EngineOutcome.Deleted:
                IsDeleted = true;
                return true;
            case EngineOutcome.Invalid invalid:
                Show(invalid.Problems);
                return false;
            case EngineOutcome.NameTaken:
                NameProblem = SetUpTexts.NameTaken;
                return false;
            case EngineOutcome.Provisioned:
                Refusal = SetUpTexts.ProvisionedDefaultWhy;
                return false;
            case EngineOutcome.IsDefault:
                Refusal = SetUpTexts.DefaultStays;
                return false;
            case EngineOutcome.NotFound:
                Refusal = SetUpTexts.EngineGone;
                return false;
            case EngineOutcome.ChangedMeanwhile:
                Refusal = SetUpTexts.ChangedMeanwhile;
                return false;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }
}
