using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Ai;

/// <summary>Builds what an engine is given, saying only what a test is about.</summary>
public sealed class ReplyContextBuilder(string words)
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 23, 9, 5, 0, TimeSpan.Zero);

    private readonly ConversationId _conversation = ConversationId.Create();
    private readonly List<HistoryMessage> _history = [];
    private readonly List<Recollection> _recollections = [];
    private readonly List<Fact> _facts = [];
    private readonly PersonId _person = new(Guid.CreateVersion7());
    private string _name = "Mira";
    private string? _locale;
    private bool _isGroup;
    private bool _isForwarded;
    private string? _files;
    private long _seq;

    public static ReplyContextBuilder Saying(string words) => new(words);

    /// <summary>Files came with the words, named as a turn names them: "image", "file: plan.pdf".</summary>
    public ReplyContextBuilder Bringing(string files)
    {
        _files = files;
        return this;
    }

    public ReplyContextBuilder By(string name, string? locale = null)
    {
        (_name, _locale) = (name, locale);
        return this;
    }

    public ReplyContextBuilder InGroup()
    {
        _isGroup = true;
        return this;
    }

    /// <summary>The words are somebody else's, passed on.</summary>
    public ReplyContextBuilder Forwarded()
    {
        _isForwarded = true;
        return this;
    }

    public ReplyContextBuilder WithFact(string text, string day = "2026-05-03")
    {
        _facts.Add(new(Guid.CreateVersion7(), TenantId.Default, default, text, At(day), _conversation, ++_seq));
        return this;
    }

    /// <summary>The person said the words before, and had the statement remembered by them.</summary>
    public ReplyContextBuilder WithFactOf(string words, string statement)
    {
        WithHistory(AuthorKind.Person, words);
        _facts.Insert(0, new(Guid.CreateVersion7(), TenantId.Default, default, statement, Morning, _conversation, _seq));
        return this;
    }

    public ReplyContextBuilder WithRecollection(string quote, string day = "2026-05-03", AuthorKind author = AuthorKind.Person, bool isForwarded = false)
    {
        _recollections.Add(new(quote, At(day), false, author, _conversation, ++_seq) { IsForwarded = isForwarded });
        return this;
    }

    public ReplyContextBuilder WithHistory(AuthorKind author, string text, params Attachment[] files)
    {
        _history.Add(new(++_seq, author, text, files, Morning) { Person = author == AuthorKind.Person ? _person : null, AuthorName = author == AuthorKind.Person ? _name : "" });
        return this;
    }

    /// <summary>Somebody else of the group wrote it.</summary>
    public ReplyContextBuilder WithHistoryOf(string name, string text)
    {
        _history.Add(new(++_seq, AuthorKind.Person, text, [], Morning) { Person = new PersonId(Guid.CreateVersion7()), AuthorName = name });
        return this;
    }

    public ReplyContext Build() => new(
        TenantId.Default, _conversation, new Person(_person, TenantId.Default, _name, _locale, Morning),
        _files is null ? words : $"{words}\n[{_files}]".Trim(),
        _history, _recollections, _facts, Morning)
    {
        Words = words,
        IsForwarded = _isForwarded,
        IsGroup = _isGroup,
    };

    private static DateTimeOffset At(string day) => DateTimeOffset.Parse(day + "T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}
