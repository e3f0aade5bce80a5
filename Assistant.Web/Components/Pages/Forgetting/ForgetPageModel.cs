using Assistant.Domain.Forgetting;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Forgetting;

/// <summary>The decision to forget something: what would go, what changed meanwhile, and what became of it.</summary>
internal sealed class ForgetPageModel(ForgettingDesk desk, Caller me, ErasureScope scope)
{
    public ErasurePreview? Preview { get; private set; }

    public bool IsLoaded { get; private set; }

    /// <summary>The name, typed again: asked for before a person is forgotten.</summary>
    public string Typed { get; set; } = "";

    /// <summary>How the preview differs from the one that was agreed to; empty when it does not.</summary>
    public IReadOnlyList<(Forgettable Kind, long Then, long Now)> Changes { get; private set; } = [];

    /// <summary>Something changed that no count shows: a message went and another came.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>What was begun, as far as it has come.</summary>
    public Erasure? Erasure { get; private set; }

    public string? Problem { get; private set; }

    public ProvenAct Act { get; } = new();

    public ErasureScope Scope => scope;

    public bool AsksForName => scope.Kind == ErasureKind.Person;

    public bool MayForget => Preview is { } preview && (!AsksForName || Typed.Trim() == preview.Name.Trim());

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        Preview = await desk.PreviewAsync(me, scope, cancellationToken);
        IsLoaded = true;
    }

    public Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (Preview is not { } agreed || !MayForget)
        {
            return Task.CompletedTask;
        }

        (Changes, HasChanged, Problem) = ([], false, null);
        return Act.RunAsync(me, async by =>
        {
            switch (await desk.ForgetAsync(by, scope, agreed.Digest, cancellationToken))
            {
                case ForgetOutcome.Begun begun:
                    Erasure = begun.Erasure;
                    break;
                case ForgetOutcome.Changed changed:
                    (Changes, HasChanged, Preview) = (agreed.ChangesTo(changed.Now), true, changed.Now);
                    break;
                case ForgetOutcome.NotFound:
                    (Preview, Problem) = (null, ForgettingTexts.AlreadyGone);
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }

    public Task RepeatAsync() => Act.RepeatAsync(me);

    /// <summary>Looks how far it has come.</summary>
    /// <returns>Whether the certificate is there.</returns>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        if (Erasure is { State: not ErasureState.Certified } going)
        {
            Erasure = await desk.FindAsync(me, going.Id, cancellationToken) ?? going;
        }

        return Erasure is { State: ErasureState.Certified };
    }
}
