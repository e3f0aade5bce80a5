using System.Buffers;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>Markdown with the control codes terminals of IRC know: bold, italic, struck through, fixed width.</summary>
internal sealed class IrcRenderer : MarkerRenderer
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7f).Select(c => (char)c).Where(c => c != '\n')]);

    private static readonly MarkerStyle Style = new(Bold: "\u0002", Italic: "\u001d", Strike: "\u001e", Code: "\u0011", Fence: "", Quote: "> ", Controls);

    private IrcRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    public static string Render(string markdown, bool alignsTables) => new IrcRenderer(markdown, alignsTables).Finish();

    protected override string Escaped(ReadOnlySpan<char> words) => string.Concat(words.ToString().Where(c => !char.IsControl(c) || c is '\n' or '\t'));

    protected override string CodeOf(string code) => Escaped(code);

    protected override string LinkOf(string address, string label)
        => label.Length == 0 ? Escaped(address) : address.Length == 0 || label == address ? label : $"{label} ({Escaped(address)})";
}
