using System.Globalization;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Shared;

/// <summary>Something with a name and settings being made, read or changed: its form, and what trying and saving it came to.</summary>
public abstract class NamedSettingsForm
{
    private readonly Caller _caller;
    private FieldsModel _fields;
    private string _keptName;
    private Func<Caller, Task<bool>>? _waiting;
    private bool _isOutrun; // typed in while a test of what stood there ran

    protected NamedSettingsForm(string name, FieldsModel fields, Caller caller)
    {
        (_caller, _fields) = (caller, fields);
        _fields.Changed += Outdate;
        Name = _keptName = name;
    }

    public string Name { get; set; }

    public FieldsModel Fields
    {
        get => _fields;
        protected set
        {
            _fields = value;
            _fields.Changed += Outdate;
        }
    }

    public string? NameProblem { get; protected set; }

    /// <summary>What the use case refused, when no field is to blame.</summary>
    public string? Refusal { get; protected set; }

    /// <summary>The proof saving or deleting waits for, or <see langword="null"/>.</summary>
    public StepUpRequest? Wanted { get; private set; }

    public bool IsTesting { get; private set; }

    public bool IsSaving { get; private set; }

    public bool IsDeleted { get; protected set; }

    public abstract bool IsReadOnly { get; }

    /// <summary>Whether there is something to save: something new is saved as it is offered.</summary>
    public abstract bool IsChanged { get; }

    /// <summary>Whether leaving loses what somebody typed.</summary>
    public virtual bool HasTyping => !IsReadOnly && !IsDeleted && (Fields.IsChanged || Name != _keptName);

    /// <summary>Checks the name, when the person leaves it.</summary>
    public void CheckName() => NameProblem = Slug.IsValid(Name) ? null : Texts.FieldName;

    /// <summary>Tries what is typed, or what is stored when nothing may be typed. The result is gone as soon as something else is typed.</summary>
    public async Task TestAsync(CancellationToken cancellationToken)
    {
        if (IsTesting)
        {
            return;
        }

        ForgetTest();
        if (!IsReadOnly && !Fields.CheckAll())
        {
            return;
        }

        (IsTesting, Refusal, _isOutrun) = (true, null, false);
        try
        {
            await TryAsync(cancellationToken);
        }
        finally
        {
            IsTesting = false;
            if (_isOutrun)
            {
                ForgetTest();
            }
        }
    }

    /// <summary>Stores what is typed, or says in <see cref="Wanted"/> what has to be proven first.</summary>
    /// <returns>Whether it is stored.</returns>
    public Task<bool> SaveAsync(CancellationToken cancellationToken) => RunAsync(_caller, by => SaveAsync(by, cancellationToken));

    /// <summary>Removes what is stored, or says in <see cref="Wanted"/> what has to be proven first.</summary>
    /// <returns>Whether it is gone.</returns>
    public Task<bool> DeleteAsync(CancellationToken cancellationToken) => RunAsync(_caller, by => RemoveAsync(by, cancellationToken));

    /// <summary>Saves or deletes, whichever waited, now that <see cref="Wanted"/> is proven.</summary>
    /// <returns>Whether it is done.</returns>
    public Task<bool> GoOnProvenAsync() => _waiting is { } act ? RunAsync(_caller with { Proof = Wanted?.Id }, act) : Task.FromResult(false);

    /// <summary>Leaves the thing as it is stored.</summary>
    public void Forgo() => (Wanted, _waiting) = (null, null);

    private void Outdate()
    {
        _isOutrun = true;
        ForgetTest();
    }

    private async Task<bool> SaveAsync(Caller by, CancellationToken cancellationToken)
    {
        CheckName();
        if (!Fields.CheckAll() || NameProblem is not null)
        {
            return false;
        }

        var isStored = await StoreAsync(by, cancellationToken);
        _keptName = isStored ? Name : _keptName;
        return isStored;
    }

    private async Task<bool> RunAsync(Caller by, Func<Caller, Task<bool>> act)
    {
        if (IsSaving)
        {
            return false;
        }

        (IsSaving, Refusal, Wanted, _waiting) = (true, null, null, act);
        try
        {
            return await act(by);
        }
        catch (StepUpRequiredException wanted)
        {
            Wanted = wanted.Request;
            return false;
        }
        finally
        {
            IsSaving = false;
        }
    }

    protected abstract Task TryAsync(CancellationToken cancellationToken);

    /// <summary>Shows no result of a test any more.</summary>
    protected abstract void ForgetTest();

    /// <returns>Whether it is stored.</returns>
    protected abstract Task<bool> StoreAsync(Caller by, CancellationToken cancellationToken);

    /// <returns>Whether it is gone.</returns>
    protected abstract Task<bool> RemoveAsync(Caller by, CancellationToken cancellationToken);

    /// <summary>Puts each problem where it belongs: to the name, to its field, or above the form.</summary>
    protected void Show(IReadOnlyList<SettingProblem> problems)
    {
        Fields.Show(problems);
        NameProblem = problems.Any(p => p.Key == "name") ? Texts.FieldName : NameProblem;
        var unplaced = problems
            .Where(p => p.Key != "name" && Fields.Fields.All(f => f.Key != p.Key))
            .Select(p => p.Text.In(CultureInfo.CurrentUICulture)).ToList();
        Refusal = unplaced.Count == 0 ? null : string.Join(Environment.NewLine, unplaced);
    }
}
