const toldEveryMs = 2500;
const endsMs = 4000;

/** Tells the others that the person writes: every few seconds while keys are pressed, and once that it has ended. */
export class Writing {
  readonly #tell: (isWriting: boolean) => unknown;
  #toldAt = 0;
  #end = 0;

  constructor(tell: (isWriting: boolean) => unknown) {
    this.#tell = tell;
  }

  /** A key was pressed. */
  goOn(): void {
    const now = Date.now();
    clearTimeout(this.#end);
    this.#end = window.setTimeout(() => this.#tell(false), endsMs);
    if (now - this.#toldAt > toldEveryMs) {
      this.#toldAt = now;
      this.#tell(true);
    }
  }

  /** What was written is on its way, which says as much. */
  sent(): void {
    this.#toldAt = 0;
    clearTimeout(this.#end);
  }
}
