// A person asks in a messenger and proves in a browser. Between the two stands a link that opens nothing by itself: behind it the account
// linked with the person has to be signed in and to prove, and the proof is bound to the act, its arguments and this very link. Whatever is
// wrong, the answer outside is one and the same; why is in the log.
using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Domain.People.Acts;

/// <summary>An act whose link the right account has opened.</summary>
/// <param name="Preview">What would go, when it is to forget.</param>
public sealed record OpenAct(PersonAct Act, Person Person, ErasurePreview? Preview);

/// <summary>What was asked for, ready to be shown.</summary>
/// <param name="Token">For the link; given this once.</param>
public sealed record AskedAct(PersonAct Act, RandomToken Token, string Sentence);

/// <summary>Sensitive acts of people about themselves: asked for in a conversation, done behind a link once their account has proven them.</summary>
public sealed class PersonActDesk(
    IPersonActStore store, IPersonAccountStore accounts, IPeopleStore people, ForgettingDesk forgetting, PersonExportDesk exports, IAuditLog log,
    TimeProvider clock)
{
    /// <summary>Links that open nothing, opened by one account before it has to wait.</summary>
    public const int MaxGuesses = 10;

    private const int ExpiredAtOnce = 100;

    private static readonly TimeSpan GuessPause = TimeSpan.FromMinutes(10);

    private readonly FailureCounter<UserId> _guesses = new(MaxGuesses, GuessPause);

    /// <summary>Keeps what a person asked for; <see langword="null"/> when no account is linked with them that could prove it.</summary>
    /// <param name="culture">Language of the sentence.</param>
    /// <param name="origin">The connection, for the audit event.</param>
    public async Task<AskedAct?> AskAsync(
        Person person, ConversationId conversation, PersonActKind kind, CultureInfo culture, string origin, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(person.Tenant, person.Id, cancellationToken) is null)
        {
            return null;
        }

        var (token, now) = (RandomToken.Create(), clock.GetUtcNow());
        var id = new PersonActId(token.Id);
        var act = new PersonAct(id, person.Tenant, person.Id, conversation, kind, DigestOf(person, id, conversation, kind), now, now + PersonAct.Lifetime);
        var audit = new AuditDraft(
            person.Tenant, now, new Actor("person", person.Id.ToString(), ""), AuditActions.PersonActAsked, $"person/{person.Id}", origin,
            new Dictionary<string, string> { ["act"] = kind.ToString(), ["conversation"] = conversation.ToString() });
        await store.AddAsync(act, audit, Ended(act, "asked-anew"), cancellationToken);
        return new AskedAct(act, token, SentenceOf(person, kind, culture));
    }

    /// <summary>What the link leads to, for the account of the person who asked; <see langword="null"/> for everybody else, whatever the reason.</summary>
    public async Task<OpenAct?> OpenAsync(Caller caller, string? token, CancellationToken cancellationToken)
    {
        if (caller.Actor.Kind != "user")
        {
            return null;
        }

        var (self, now) = (caller.AsUser.Id, clock.GetUtcNow());
        if (_guesses.IsLocked(self, now))
        {
            return null;
        }

        if (!RandomToken.TryParse(token, out var parsed) || await store.FindAsync(new PersonActId(parsed.Id), cancellationToken) is not { } act)
        {
            _guesses.Fail(self, now);
            await RefuseAsync(caller, "act/unknown", "unknown", cancellationToken);
            return null;
        }

        var (found, why) = await CheckAsync(act, self, cancellationToken);
        if (found is not null)
        {
            _guesses.Forget(self);
            return found;
        }

        _guesses.Fail(self, now);
        await RefuseAsync(caller.In(act.Tenant), $"person/{act.Person}", why, cancellationToken);
        return null;
    }

    /// <summary>Asks for the proof of an export; returns when the caller brings one along.</summary>
    /// <returns><see langword="false"/> when the link opens nothing.</returns>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<bool> AskForExportAsync(Caller caller, string? token, CancellationToken cancellationToken)
        => await OpenAsync(caller, token, cancellationToken) is { Act: { Kind: not PersonActKind.Forget } act }
            && (caller.Proof is not null || await exports.AskAsync(AsPerson(caller, act), act.Person, FormatOf(act.Kind), cancellationToken));

    /// <summary>Does the export, once; <see langword="null"/> when the link opens nothing.</summary>
    /// <exception cref="StepUpRequiredException">The proof is for something else, too old, or was used.</exception>
    public async Task<(AllowedExport Export, PersonExportFormat Format)?> ExportAsync(
        Caller caller, string? token, CultureInfo culture, CancellationToken cancellationToken)
    {
        if (await OpenAsync(caller, token, cancellationToken) is not { Act: { Kind: not PersonActKind.Forget } act })
        {
            return null;
        }

        // Of two that were proven at once only one is an export, and only that one is recorded as such.
        if (await exports.AllowAsync(
            AsPerson(caller, act), act.Person, FormatOf(act.Kind), culture, cancel => DoneAsync(caller, act, cancel), cancellationToken) is not { } allowed)
        {
            await RefuseAsync(caller.In(act.Tenant), $"person/{act.Person}", "used", cancellationToken);
            return null;
        }

        return (allowed, FormatOf(act.Kind));
    }

    /// <summary>Forgets the person, once. Nothing is said in the conversation afterwards: it is gone, and nobody is left to be told.</summary>
    /// <param name="digest">Of the preview that was agreed to.</param>
    /// <returns><see langword="null"/> when the link opens nothing.</returns>
    /// <exception cref="StepUpRequiredException">It wants proof first, for this very preview.</exception>
    public async Task<ForgetOutcome?> ForgetAsync(Caller caller, string? token, string digest, CancellationToken cancellationToken)
    {
        if (await OpenAsync(caller, token, cancellationToken) is not { Act: { Kind: PersonActKind.Forget } act, Preview: { } now })
        {
            return null;
        }

        if (now.Digest != digest)
        {
            await RefuseAsync(caller.In(act.Tenant), $"person/{act.Person}", "changed", cancellationToken);
            return new ForgetOutcome.Changed(now);
        }

        var outcome = await forgetting.ForgetAsync(AsPerson(caller, act), ErasureScope.Of(act.Person), digest, cancellationToken);
        if (outcome is ForgetOutcome.Begun)
        {
            // The person's rows are going: claiming late is what keeps a changed preview from spending the link.
            await DoneAsync(caller, act, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Ends an act before it is done. It wants no proof: whoever could have done it may leave it.</summary>
    /// <returns><see langword="false"/> when the link opens nothing.</returns>
    public async Task<bool> DeclineAsync(Caller caller, string? token, CancellationToken cancellationToken)
        => await OpenAsync(caller, token, cancellationToken) is { Act: var act }
            && await store.EndAsync(
                act.Tenant, act.Id, PersonActStep.Declined, AuditOf(caller, act, AuditActions.PersonActDeclined), cancellationToken);

    /// <summary>Ends the acts whose time ran out, and says so; a call ends a bounded number of them.</summary>
    public async Task EndExpiredAsync(CancellationToken cancellationToken)
    {
        foreach (var act in await store.ListExpiredAsync(clock.GetUtcNow(), ExpiredAtOnce, cancellationToken))
        {
            await store.EndAsync(act.Tenant, act.Id, PersonActStep.Expired, Ended(act, "expired"), cancellationToken);
        }
    }

    /// <summary>How far the forgetting has come that the caller began here; its id is known to nobody else.</summary>
    public Task<Erasure?> FollowAsync(Caller caller, Erasure begun, CancellationToken cancellationToken)
        => forgetting.FindAsync(caller.In(begun.Tenant) with { Permissions = new HashSet<string> { Permissions.PeopleForget } }, begun.Id, cancellationToken);

    /// <summary>The act in one sentence, the same in the messenger and behind the link.</summary>
    public static string SentenceOf(Person person, PersonActKind kind, CultureInfo culture)
    {
        var operation = kind == PersonActKind.Forget
            ? new BoundOperation(SensitiveOperations.OwnForget, person.Tenant, $"person/{person.Id}", [new("name", person.DisplayName)])
            : new BoundOperation(
                SensitiveOperations.OwnExport, person.Tenant, $"person/{person.Id}",
                [new("name", person.DisplayName), new("format", PersonExportDesk.NameOf(FormatOf(kind)))]);
        return new StepUpRequest(
            default, person.Tenant, Actor.System, operation.What.Name, operation.Subject, operation.Shown, default, default, default).SentenceIn(culture);
    }

    /// <summary>SHA-256 over act, person, conversation and arguments as they are at the moment.</summary>
    public static byte[] DigestOf(Person person, PersonActId id, ConversationId conversation, PersonActKind kind)
        => new BoundOperation(
            kind == PersonActKind.Forget ? SensitiveOperations.OwnForget : SensitiveOperations.OwnExport, person.Tenant, $"person/{person.Id}",
            [new("act", id.ToString()), new("conversation", conversation.ToString()), new("kind", kind.ToString()), new("name", person.DisplayName)]).Hash();

    private async Task<(OpenAct? Act, string Why)> CheckAsync(PersonAct act, UserId user, CancellationToken cancellationToken)
    {
        if (!act.IsOpenAt(clock.GetUtcNow()))
        {
            return (null, act.UsedAt < act.ExpiresAt ? "used" : "late");
        }

        if (await accounts.FindAsync(act.Tenant, act.Person, cancellationToken) is not { } link || link.User != user)
        {
            return (null, "account");
        }

        if (await people.FindAsync(act.Tenant, act.Person, cancellationToken) is not { Person: var person })
        {
            return (null, "person");
        }

        if (!act.Digest.Span.SequenceEqual(DigestOf(person, act.Id, act.Conversation, act.Kind)))
        {
            return (null, "changed");
        }

        var preview = act.Kind == PersonActKind.Forget
            ? await forgetting.PreviewAsync(AsPerson(act), ErasureScope.Of(act.Person), cancellationToken)
            : null;
        return act.Kind == PersonActKind.Forget && preview is null ? (null, "person") : (new OpenAct(act, person, preview), "");
    }

    private Task<bool> DoneAsync(Caller caller, PersonAct act, CancellationToken cancellationToken)
        => store.EndAsync(act.Tenant, act.Id, PersonActStep.Done, AuditOf(caller, act, AuditActions.PersonActDone), cancellationToken);

    private AuditDraft AuditOf(Caller caller, PersonAct act, string action)
        => caller.In(act.Tenant).Audit(clock.GetUtcNow(), action, $"person/{act.Person}", ("act", act.Kind.ToString()));

    private AuditDraft Ended(PersonAct act, string why) => new(
        act.Tenant, clock.GetUtcNow(), Actor.System, AuditActions.PersonActEnded, $"person/{act.Person}", "local",
        new Dictionary<string, string> { ["why"] = why, ["conversation"] = act.Conversation.ToString() });

    private Task RefuseAsync(Caller caller, string subject, string why, CancellationToken cancellationToken)
        => log.AppendAsync(caller.Audit(clock.GetUtcNow(), AuditActions.PersonActRefused, subject, ("reason", why)), cancellationToken);

    // In the person's own name, and for this act alone: neither a role of theirs nor the account's counts.
    private static Caller AsPerson(Caller caller, PersonAct act) => AsPerson(act) with { Origin = caller.Origin, Proof = caller.Proof };

    private static Caller AsPerson(PersonAct act) => new(
        new Actor("person", act.Person.ToString(), ""), act.Tenant,
        new HashSet<string> { act.Kind == PersonActKind.Forget ? Permissions.PeopleForget : Permissions.PeopleExport }, "local")
    {
        Act = act.Id,
    };

    private static PersonExportFormat FormatOf(PersonActKind kind) => kind == PersonActKind.ExportJson ? PersonExportFormat.Json : PersonExportFormat.Html;
}
