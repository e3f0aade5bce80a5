type Child = Node | string | null | false;

/** Makes an element; text is text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean | ((event: Event) => void)> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false) {
      element.setAttribute(name, value);
    }
  }

  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

/** Makes a button that submits nothing. */
export function button(look: string, press: () => void, label: string): HTMLButtonElement {
  return el('button', { type: 'button', class: look, click: press }, label);
}

/** An icon from path data on a 24×24 grid. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** Whether a key ends a choice of characters in an input method; that one is not ours. */
export function isChoosing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): { createHTML: (html: string) => string };
}

const policy = (window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('assistant-chat', { createHTML: (html) => html });

/** Shows HTML the server has made safe. The only place that writes markup. */
export function setSafeHtml(element: HTMLElement, html: string): void {
  element.innerHTML = policy ? policy.createHTML(html) : html;
}
