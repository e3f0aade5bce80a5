using System.Text.Json;
using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Looks at pages as a critical visitor would: accessibility, overflow, the console, the words. Keeps a picture of each.</summary>
internal sealed class PageInspector(IPage page, Look look, PhraseCheck phrases, string axe, string pictures)
{
    private const string AxeRun = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .filter(v => v.impact === 'serious' || v.impact === 'critical')
          .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => `${n.target.join(' ')} ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`).join(' | ')}`)
        """;

    // Whatever can be scrolled in a pane of its own is not an overflow of the page.
    private const string Overflow = """
        () => {
          const width = document.documentElement.clientWidth, out = [];
          if (document.documentElement.scrollWidth <= width) return out;
          for (const e of document.querySelectorAll('body *')) {
            const box = e.getBoundingClientRect();
            if (box.width > 0 && box.right > width + 1 && out.length < 4) out.push(`${e.tagName.toLowerCase()}.${e.className} ends at ${Math.round(box.right)} of ${width}`);
          }
          return out.length ? out : [`the page is ${document.documentElement.scrollWidth} wide, the screen ${width}`];
        }
        """;

    private const string Texts = """
        () => {
          const texts = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const text = walker.currentNode.data.trim(), parent = walker.currentNode.parentElement;
            if (text && !parent.closest('script, style, code, article, blockquote, .prose')) texts.add(text);
          }
          for (const e of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
            for (const name of ['aria-label', 'title', 'placeholder']) { if (e.getAttribute(name)) texts.add(e.getAttribute(name)); }
          }
          return [...texts, document.title];
        }
        """;

    private const string Settled = """
        () => document.readyState === 'complete' && !document.querySelector('.skeleton') && document.fonts.status === 'loaded'
        """;

    private readonly List<string> _console = [];

    /// <summary>What was found, a line each.</summary>
    public List<string> Findings { get; } = [];

    public void Listen()
    {
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _console.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _console.Add(error);
    }

    /// <param name="isStatic">The page has no circuit: it is finished when it is loaded.</param>
    /// <param name="isMissing">The answer is to be 404, which the browser notes on its console.</param>
    public async Task VisitAsync(string name, string address, bool isStatic = false, bool isMissing = false, Func<IPage, Task>? then = null)
    {
        try
        {
            await InspectAsync(name, address, isStatic, isMissing, then);
        }
        catch (Exception fault) when (fault is PlaywrightException or TimeoutException)
        {
            // The other pages are worth seeing all the same.
            Findings.Add($"{look} {name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task InspectAsync(string name, string address, bool isStatic, bool isMissing, Func<IPage, Task>? then)
    {
        _console.Clear();
        var answer = await page.GotoAsync(address);
        if (!isStatic)
        {
            await new ConsolePage(page, "").BeLiveAsync();
        }

        if (then is not null)
        {
            await then(page);
        }

        await page.WaitForFunctionAsync(Settled);
        await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, look.ToString(), $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
        var found = new List<string>();
        if (answer?.Status != (isMissing ? 404 : 200))
        {
            found.Add($"the status is {answer?.Status}");
        }

        await page.EvaluateAsync(axe);
        found.AddRange(await ListAsync(AxeRun));
        found.AddRange(await ListAsync(Overflow));
        found.AddRange(phrases.Problems(await ListAsync(Texts), look.IsChinese));
        found.AddRange(_console.Where(line => !(isMissing && line.Contains("404", StringComparison.Ordinal))).Select(line => $"console: {line}"));
        Findings.AddRange(found.Select(finding => $"{look} {name}: {finding}"));
    }

    private async Task<string[]> ListAsync(string script) => (await page.EvaluateAsync<JsonElement>(script)).Deserialize<string[]>()!;
}
