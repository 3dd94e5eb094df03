/**
 * Whether a tool is at work right now. While one is, the agent owes the caller no speech of its own: whoever watches for a
 * mute agent counts from when the last one is done.
 */
export class ToolActivity {
  #running = 0;
  readonly #listeners = new Set<(busy: boolean) => void>();

  get busy(): boolean {
    return this.#running > 0;
  }

  /** Told when the first tool begins and when the last one is done. @returns stops telling */
  onChange(listener: (busy: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Counts the work as a tool's for as long as it runs, also when it fails. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#add(1);
    try {
      return await work();
    } finally {
      this.#add(-1);
    }
  }

  #add(change: 1 | -1): void {
    const before = this.busy;
    this.#running += change;
    if (this.busy !== before) for (const listener of this.#listeners) listener(this.busy);
  }
}
