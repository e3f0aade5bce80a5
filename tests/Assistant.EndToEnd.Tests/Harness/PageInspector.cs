using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>How a page comes to the browser.</summary>
internal enum PageKind
{
    /// <summary>Drawn by the server, then live over a circuit.</summary>
    Live,

    /// <summary>Drawn by the server once, in the scheme the device told.</summary>
    Still,

    /// <summary>Draws itself, and follows the device by itself.</summary>
    OwnScript,
}

/// <summary>Looks at pages as a critical visitor would, by day and by night: accessibility, overflow, the size of what is touched, the console, the words. Keeps a picture of each.</summary>
internal sealed class PageInspector(IPage page, Look device, PhraseCheck phrases, string axe, string pictures)
{
    // What has been looked at by day differs by night in its colours alone.
    private const string AxeRun = """
        async colours => (await axe.run(document, { resultTypes: ['violations'], ...(colours ? { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } : {}) })).violations
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

    // What a finger meets 44 px high around the middle, of what is not cut off by the edge of what it scrolls in, nor by a menu or dialog that lies open over
    // it. Links within a sentence are as high as its lines, and a row of a table opens wherever it is pressed.
    private const string Targets = """
        () => {
          const reach = 21, out = [];
          const seen = e => {
            let [top, bottom] = [0, innerHeight];
            for (let around = e.parentElement; around; around = around.parentElement) {
              if (!/auto|scroll/.test(getComputedStyle(around).overflowY)) continue;
              const edge = around.getBoundingClientRect();
              [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
            }
            return { top, bottom };
          };
          for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
            const place = e.matches('tr [data-walk]') ? e.closest('tr') : e, box = place.getBoundingClientRect(), style = getComputedStyle(e);
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const meets = at => { const hit = document.elementFromPoint(x, at); return hit && (place.contains(hit) || hit.closest('label')?.control === e); };
            const isCovered = at => {
              const hit = document.elementFromPoint(x, at), over = hit?.closest('details[open], dialog[open]');
              for (let on = hit; over?.contains(on); on = on.parentElement) { if (/absolute|fixed/.test(getComputedStyle(on).position)) return !over.contains(place); }
              return false;
            };
            const { top, bottom } = seen(place);
            if (style.display === 'inline' && place === e || box.width < 4 || box.height > 43.5 || y - reach < top || y + reach > bottom || !meets(y)) continue;
            if ([y - reach, y + reach].some(at => !meets(at) && !isCovered(at))) out.push(`too low to be touched: ${e.tagName.toLowerCase()}.${e.className} "${(e.ariaLabel ?? e.textContent).trim().slice(0, 24)}" ${Math.round(box.height)} px`);
          }
          return [...new Set(out)];
        }
        """;

    // As if a table went on far below the screen: its head stays in sight when the pane is scrolled to the end.
    private const string StickyHeads = """
        () => {
          const out = [];
          if (document.querySelector('dialog[open]')) return out; // it covers them
          for (const head of document.querySelectorAll('thead th:first-child')) {
            const row = head.closest('table').querySelector('tbody tr:last-child');
            if (!row || !head.checkVisibility() || getComputedStyle(head.closest('thead')).position === 'absolute') continue;
            const more = Array.from({ length: 100 }, () => row.cloneNode(true)), scrolled = [];
            row.after(...more);
            for (let e = head; e; e = e.parentElement) { if (e.scrollHeight > e.clientHeight + 40) { scrolled.push([e, e.scrollTop]); e.scrollTop = 1000; } }
            const box = head.getBoundingClientRect();
            if (document.elementFromPoint(box.left + 4, box.top + 4) !== head) out.push(`the head "${head.textContent}" scrolls away`);
            more.forEach(copy => copy.remove());
            scrolled.forEach(([e, top]) => { e.scrollTop = top; });
          }
          return out;
        }
        """;

    private const string Background = "() => getComputedStyle(document.body).backgroundColor";

    private const string Settled = """
        () => document.readyState === 'complete' && !document.querySelector('.skeleton') && document.fonts.status === 'loaded'
        """;

    private readonly List<string> _console = [];
    private Look _look = device;

    /// <summary>What was found, a line each.</summary>
    public List<string> Findings { get; } = [];

    public bool IsPhone => _look.IsPhone;

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

    /// <summary>Opens a page and looks at it by day and by night, beginning with what it is now.</summary>
    /// <param name="isMissing">The answer is to be 404, which the browser notes on its console.</param>
    /// <param name="then">Done on the page before it is looked at.</param>
    public async Task VisitAsync(string name, string address, PageKind kind = PageKind.Live, bool isMissing = false, Func<IPage, Task>? then = null)
    {
        var visit = new Visit(name, address, kind, isMissing, then);
        try
        {
            await OpenAsync(visit);
            await InspectAsync(visit, isKnown: false);
            await TurnAsync(visit);
            await InspectAsync(visit, isKnown: true);
        }
        catch (Exception fault) when (fault is PlaywrightException or TimeoutException)
        {
            // The other pages are worth seeing all the same.
            Findings.Add($"{_look} {name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task OpenAsync(Visit visit)
    {
        _console.Clear();
        var answer = await page.GotoAsync(visit.Address);
        if (answer?.Status != (visit.IsMissing ? 404 : 200))
        {
            Findings.Add($"{_look} {visit.Name}: the status is {answer?.Status}");
        }

        if (visit.Kind is PageKind.Live)
        {
            await new ConsolePage(page, "").BeLiveAsync();
        }

        if (visit.Then is not null)
        {
            await visit.Then(page);
        }
    }

    private async Task TurnAsync(Visit visit)
    {
        var before = await page.EvaluateAsync<string>(Background);
        _look = _look.Turned;
        await page.EmulateMediaAsync(new() { ColorScheme = _look.IsDark ? ColorScheme.Dark : ColorScheme.Light });
        await page.Context.AddCookiesAsync([new() { Name = "assistant.scheme", Value = _look.IsDark ? "dark" : "light", Url = visit.Address }]);
        if (visit.Kind is PageKind.Still)
        {
            await OpenAsync(visit);
        }

        await page.WaitForFunctionAsync($"before => ({Background})() !== before", before);
    }

    private async Task InspectAsync(Visit visit, bool isKnown)
    {
        await page.WaitForFunctionAsync(Settled);
        await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, _look.ToString(), $"{visit.Name}.png"), Animations = ScreenshotAnimations.Disabled });
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(axe);
        }

        var found = (await page.EvaluateAsync<string[]>(AxeRun, isKnown)).ToList();
        if (!isKnown)
        {
            found.AddRange(await ListAsync(Overflow));
            found.AddRange(await ListAsync(StickyHeads));
            found.AddRange(_look.IsPhone ? await ListAsync(Targets) : []);
            var drawn = await page.EvaluateAsync<string>("document.documentElement.lang");
            found.AddRange(phrases.Problems(await ListAsync(Texts), _look.IsChinese).Select(problem => $"{problem} (the page was drawn in {drawn})"));
        }

        found.AddRange(_console.Where(line => !(visit.IsMissing && line.Contains("404", StringComparison.Ordinal))).Select(line => $"console: {line}"));
        _console.Clear();
        Findings.AddRange(found.Select(finding => $"{_look} {visit.Name}: {finding}"));
    }

    private Task<string[]> ListAsync(string script) => page.EvaluateAsync<string[]>(script);

    private sealed record Visit(string Name, string Address, PageKind Kind, bool IsMissing, Func<IPage, Task>? Then);
}
