import { el, icon, isChoosing } from './dom';
import { Keeper } from './keeper';
import { t } from './strings';

const arrow = 'M4 12l1.4 1.4L11 7.8V20h2V7.8l5.6 5.6L20 12l-8-8z';
const warnAt = 200;
const isTouch = matchMedia('(pointer: coarse)').matches;

/** Where the person writes. The draft survives a reload; what is too long stays whole, and is not sent before it is shortened. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #text: HTMLTextAreaElement;
  readonly #left = el('span', { class: 'left', role: 'status' });
  readonly #keeper: Keeper;
  readonly #max: number;

  constructor(max: number, keeper: Keeper, send: (text: string) => void, writing: () => void) {
    this.#max = max;
    this.#keeper = keeper;
    this.#text = el('textarea', {
      rows: '1', placeholder: t.placeholder, 'aria-label': t.message, enterkeyhint: 'send', autocomplete: 'off', dir: 'auto',
    });
    this.#text.value = keeper.get('draft') ?? '';
    const submit = (): void => {
      const text = this.#text.value.trim();
      if (text && this.#text.reportValidity()) {
        send(text);
        this.#text.value = '';
        this.#grown();
      }

      this.#text.focus();
    };
    this.#text.addEventListener('input', () => {
      this.#grown();
      if (this.#text.value) {
        writing();
      }
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !isChoosing(event)) {
        event.preventDefault();
        submit();
      }
    });
    this.element = el('form', { class: 'composer' }, this.#text, this.#left,
      el('button', { type: 'submit', class: 'send', 'aria-label': t.send, title: t.send }, icon(arrow)));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      submit();
    });
  }

  /** Puts the cursor in, where that does not open a keyboard over the page. */
  focus(): void {
    if (!isTouch) {
      this.#text.focus({ preventScroll: true });
    }
  }

  /** To be called once it is in the page, and after every change of the text. */
  #grown(): void {
    const text = this.#text;
    text.rows = 1;
    const line = parseFloat(getComputedStyle(text).lineHeight) || 24;
    text.rows = Math.min(6, Math.max(1, Math.round((text.scrollHeight - 20) / line)));
    const { length } = text.value.trim();
    const left = this.#max - length;
    this.#left.textContent = left <= warnAt ? t.left(left) : '';
    text.setCustomValidity(left < 0 ? t.left(left) : '');
    this.element.classList.toggle('empty', !length);
    this.#keeper.set('draft', text.value || null);
  }

  ready(): void {
    this.#grown();
  }
}
