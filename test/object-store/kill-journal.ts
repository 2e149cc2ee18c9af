/** A change of what a name holds; not acknowledged while it has no end. */
interface Write {
  readonly began: number;
  ended: number;
  readonly held: string;
}

/** What is held by a name that holds nothing. */
export const nothing = 'nothing';

/** What was asked of each name, and when it was acknowledged: tells what the name may hold after a crash. */
export class Journal {
  readonly #writes = new Map<string, Write[]>();
  #clock = 0;

  /** All names that ever held something, or were asked to. */
  names(): string[] {
    return [...this.#writes.keys()];
  }

  /** Notes a change that is asked for; to be called back when it is acknowledged. */
  begin(name: string, held: string): () => void {
    const write = { began: this.#tick(), ended: Number.POSITIVE_INFINITY, held };
    const writes = this.#writes.get(name) ?? [{ began: 0, ended: 0, held: nothing }];
    this.#writes.set(name, [...writes, write]);
    return () => {
      write.ended = this.#tick();
    };
  }

  /** What the name may hold: all that no change replaced which was asked for later and acknowledged. */
  possible(name: string): string[] {
    const writes = this.#writes.get(name) ?? [];
    const lastBegin = Math.max(...writes.filter(({ ended }) => Number.isFinite(ended)).map(({ began }) => began));
    return writes.filter(({ ended }) => ended >= lastBegin).map(({ held }) => held);
  }

  /** What was read back is what the name holds, from here on. */
  settle(name: string, held: string): void {
    const now = this.#tick();
    this.#writes.set(name, [{ began: now, ended: now, held }]);
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}
