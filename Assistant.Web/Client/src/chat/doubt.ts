import { Conversation } from './conversation';
import { button, el } from './dom';
import { t } from './strings';

/** Stands where one would write, as long as it is not sure who would read it. */
export class DoubtNote {
  readonly element = el('div', { class: 'ask bad doubt', role: 'alertdialog', 'aria-label': t.doubtTitle, hidden: true });
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  draw(): void {
    const { doubt } = this.#conversation;
    if (this.element.hidden === (doubt === null)) {
      return;
    }

    this.element.hidden = doubt === null;
    if (doubt) {
      this.element.replaceChildren(
        el('strong', {}, t.doubtTitle),
        el('span', {}, t.doubts[doubt.kind]),
        el('code', { class: 'number' }, doubt.number));
      // A key that was handed to us is not ours to overrule: whoever handed it on has to hand on the right one.
      if (doubt.kind !== 'unexpected') {
        const words = doubt.kind === 'dropped' ? t.writeOpenly : t.trustAnyway;
        this.element.append(button('plain bad', () => void this.#conversation.trustAnyway(), words));
      }
    }
  }
}
