using System.Globalization;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.Acts;

/// <summary>What a person asked for in a messenger, shown to their account: proven, done, and followed to its end.</summary>
internal sealed class ActPageModel(PersonActDesk desk, Caller me, string token)
{
    /// <summary><see langword="null"/> once the link opens nothing, whatever the reason.</summary>
    public OpenAct? Open { get; private set; }

    public bool IsLoaded { get; private set; }

    /// <summary>Something was said since the preview: it is shown anew, and has to be agreed to anew.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>What the download is begun with.</summary>
    public StepUpId? Export { get; private set; }

    /// <summary>It was declined here, a moment ago.</summary>
    public bool IsDeclined { get; private set; }

    public Erasure? Erasure { get; private set; }

    public ProvenAct Act { get; } = new();

    public string Sentence => Open is { } open ? PersonActDesk.SentenceOf(open.Person, open.Act.Kind, CultureInfo.CurrentUICulture) : "";

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        Open = await desk.OpenAsync(me, token, cancellationToken);
        IsLoaded = true;
    }

    public Task DoAsync(CancellationToken cancellationToken)
        => Act.RunAsync(me, by => Open switch
        {
            { Act.Kind: PersonActKind.Forget, Preview: { } shown } => ForgetAsync(by, shown, cancellationToken),
            not null => ExportAsync(by, cancellationToken),
            _ => Task.CompletedTask,
        });

    public async Task DeclineAsync(CancellationToken cancellationToken)
    {
        IsDeclined = await desk.DeclineAsync(me, token, cancellationToken);
        Open = null;
    }

    public Task RepeatAsync() => Act.RepeatAsync(me);

    /// <summary>Looks how far the forgetting has come.</summary>
    /// <returns>Whether the certificate is there.</returns>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        if (Erasure is { State: not ErasureState.Certified } going)
        {
            Erasure = await desk.FollowAsync(me, going, cancellationToken) ?? going;
        }

        return Erasure is { State: ErasureState.Certified };
    }

    // The proof is for the download: it is used up there, not here.
    private async Task ExportAsync(Caller by, CancellationToken cancellationToken)
    {
        if (!await desk.AskForExportAsync(by, token, cancellationToken))
        {
            Open = null;
            return;
        }

        Export = by.Proof;
    }

    private async Task ForgetAsync(Caller by, ErasurePreview shown, CancellationToken cancellationToken)
    {
        HasChanged = false;
        switch (await desk.ForgetAsync(by, token, shown.Digest, cancellationToken))
        {
            case ForgetOutcome.Begun begun:
                Erasure = begun.Erasure;
                break;
            case ForgetOutcome.Changed changed:
                (HasChanged, Open) = (true, Open! with { Preview = changed.Now });
                break;
            default:
                Open = null;
                break;
        }
    }
}
