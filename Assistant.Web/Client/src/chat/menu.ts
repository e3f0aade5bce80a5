import { Conversation } from './conversation';
import { button, el, icon } from './dom';
import { Keeper } from './keeper';
import { t } from './strings';
import { Config } from './types';

const dots = 'M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z';
type Theme = 'auto' | 'light' | 'dark';

/** What the person decides about this device: memory, other devices, light or dark. */
export class Menu {
  readonly element: HTMLDetailsElement;
  readonly #remember = el('input', { type: 'checkbox' });
  readonly #devices = el('p', { class: 'help' });
  readonly #other = el('p', { class: 'help', role: 'status', hidden: true });
  readonly #keeper: Keeper;
  readonly #config: Config;
  readonly #safety = el('div', { class: 'safety' });
  #shownKey: string | null = null;

  constructor(keeper: Keeper, conversation: Conversation, config: Config) {
    this.#keeper = keeper;
    this.#config = config;
    this.#remember.addEventListener('change', () => {
      keeper.remembers = this.#remember.checked;
      this.#other.hidden = !keeper.remembersOther;
      this.#other.textContent = this.#other.hidden ? '' : t.remembersOther;
      this.#remember.checked = keeper.remembers; // which a browser that keeps nothing does not
    });
    applyTheme(keeper.get('theme') as Theme | null);
    this.element = el('details', { class: 'menu' },
      el('summary', { 'aria-label': t.menu, title: t.menu, role: 'button' }, icon(dots)),
      el('div', { class: 'sheet' },
        el('label', { class: 'row' }, this.#remember, t.remember),
        this.#other,
        this.#themes(),
        this.#safety,
        this.#otherDevice(conversation),
        this.#devices,
        button('plain bad', () => this.#forget(conversation), t.forget),
        el('p', { class: 'help' }, t.forgetHelp)));
    document.addEventListener('click', ({ target }) => !this.element.contains(target as Node) && (this.element.open = false));
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.element.open) {
        event.stopPropagation();
        this.element.open = false;
        this.element.querySelector('summary')?.focus();
      }
    });
  }

  draw(conversation: Conversation): void {
    this.#remember.checked = this.#keeper.remembers;
    this.#drawSafety(conversation);
    this.#devices.textContent = conversation.devices > 1 ? t.devices(conversation.devices) : '';
  }

  #drawSafety(conversation: Conversation): void {
    const { pin, wasHanded } = conversation.trust;
    const shown = this.#config.isSealed ? (pin?.key ?? '') : 'open';
    if (shown === this.#shownKey) {
      return;
    }

    this.#shownKey = shown;
    if (!this.#config.isSealed) {
      this.#safety.replaceChildren(el('p', { class: 'help' }, t.notSealed));
    } else if (pin) {
      const place = el('div', { class: 'code' });
      const show = (): void => void (import(this.#config.compare) as Promise<typeof import('./compare')>)
        .then(({ draw }) => place.replaceChildren(draw(addressWith(conversation), t.compareCode)), () => place.replaceChildren(t.offline));
      this.#safety.replaceChildren(
        el('strong', {}, t.sealed),
        el('code', { class: 'number', 'aria-label': t.safetyNumber }, pin.number),
        el('p', { class: 'help' }, wasHanded ? t.handedHelp : t.compareHelp),
        button('plain', show, t.showCode),
        place);
    }
  }

  #themes(): HTMLElement {
    const now = this.#keeper.get('theme') ?? 'auto';
    const choice = el('select', {}, ...(Object.keys(t.themes) as Theme[]).map((theme) =>
      el('option', { value: theme, selected: theme === now }, t.themes[theme])));
    choice.addEventListener('change', () => {
      this.#keeper.set('theme', choice.value);
      applyTheme(choice.value as Theme);
    });
    return el('label', { class: 'row between' }, t.theme, choice);
  }

  #otherDevice(conversation: Conversation): HTMLElement {
    const place = el('div', { class: 'pass', 'aria-live': 'polite' });
    const ask = async (): Promise<void> => {
      const pass = await conversation.createPass().catch(() => '');
      if (!pass) {
        place.replaceChildren(t.offline);
        return;
      }

      const link = `${addressWith(conversation)}${conversation.trust.pin ? '&' : '#'}pass=${pass}`;
      const field = el('input', { type: 'text', readonly: true, value: link, 'aria-label': t.otherDevice, focus: () => field.select() });
      const copy = button('plain', () => {
        field.select();
        // The clipboard may be closed to an embedded page; the selected text can still be copied by hand.
        navigator.clipboard?.writeText(link).then(() => (copy.textContent = t.copied), () => undefined);
      }, t.copy);
      place.replaceChildren(el('p', { class: 'help' }, t.otherDeviceHelp), el('div', { class: 'row' }, field, copy));
    };
    return el('div', {}, button('plain', () => void ask(), t.otherDevice), place);
  }

  #forget(conversation: Conversation): void {
    conversation.stop();
    this.#keeper.forget();
    void conversation.trust.forget().then(() => location.reload());
  }
}

/** This chat's address with its key: who opens it talks to this chat or to nobody. */
function addressWith(conversation: Conversation): string {
  const { pin } = conversation.trust;
  return `${location.origin}${location.pathname}${pin ? `#key=${pin.key}` : ''}`;
}

function applyTheme(theme: Theme | null): void {
  document.documentElement.dataset['theme'] = theme ?? 'auto';
}
