using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>The steps of the set-up, in order.</summary>
public enum SetUpStep { Account, Engine, Messenger, Access, Done }

internal static class SetUpSteps
{
    public static IReadOnlyList<SetUpStep> All { get; } = Enum.GetValues<SetUpStep>();

    public static string NameOf(SetUpStep step) => step switch
    {
        SetUpStep.Account => SetUpTexts.StepAccount,
        SetUpStep.Engine => SetUpTexts.StepEngine,
        SetUpStep.Messenger => SetUpTexts.StepMessenger,
        SetUpStep.Access => SetUpTexts.StepAccess,
        SetUpStep.Done => SetUpTexts.StepDone,
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    public static string PathOf(SetUpStep step) => step == SetUpStep.Account ? "setup" : $"setup/{step.ToString().ToLowerInvariant()}";
}
