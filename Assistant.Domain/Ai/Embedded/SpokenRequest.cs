namespace Assistant.Domain.Ai.Embedded;

/// <summary>What an utterance asks for, as far as fixed patterns can tell.</summary>
public abstract record SpokenRequest
{
    private SpokenRequest() { }

    /// <summary>What is to be remembered, in the person's own words; <see langword="null"/> when nothing is.</summary>
    public string? ToBeRemembered => this switch
    {
        Remember { Statement.Length: > 0 } told => told.Statement,
        Remind { Statement.Length: > 0 } remind => remind.Statement,
        _ => null,
    };

    public sealed record Greeting : SpokenRequest;

    public sealed record HowAreYou : SpokenRequest;

    public sealed record Thanks : SpokenRequest;

    /// <summary>"Sure", "嗯", a thumb up: heard, and nothing is asked.</summary>
    public sealed record Assent : SpokenRequest;

    public sealed record Farewell : SpokenRequest;

    /// <summary>"Never mind."</summary>
    public sealed record Dismissal : SpokenRequest;

    public sealed record WhoAreYou : SpokenRequest;

    public sealed record Help : SpokenRequest;

    /// <summary>The date or the time of day.</summary>
    public sealed record Clock : SpokenRequest;

    /// <summary>Have something remembered.</summary>
    /// <param name="Statement">In the person's own words; empty when they did not say what.</param>
    public sealed record Remember(string Statement) : SpokenRequest;

    /// <summary>Be reminded, which needs more than a memory.</summary>
    public sealed record Remind(string Statement) : SpokenRequest;

    /// <summary>Have something left out of memory.</summary>
    public sealed record DoNotRemember : SpokenRequest;

    /// <summary>Have something removed from memory.</summary>
    public sealed record Forget : SpokenRequest;

    /// <summary>A question that memory may answer.</summary>
    public sealed record Recall(string Question) : SpokenRequest;

    /// <summary>Hear everything that was to be remembered.</summary>
    public sealed record ListFacts : SpokenRequest;

    /// <summary>Talk to a person.</summary>
    public sealed record AskForPerson : SpokenRequest;

    /// <summary>Somebody else's words, passed on, ask for something to be done: it is not.</summary>
    public sealed record PassedOn : SpokenRequest;

    public sealed record Other : SpokenRequest;
}

/// <summary>A request and the language it was made in.</summary>
public sealed record HeardUtterance(SpokenRequest Request, SpokenLanguage Language);

/// <summary>The languages the embedded engine speaks.</summary>
public enum SpokenLanguage { English, Chinese }
