/** English and Italian alike, as telephone voices speak them. */
const usualCharactersPerSecond = 15;
/** Shorter sound says little: silence at both ends is a large part of it. */
const enoughSeconds = 2;

/** How fast a voice speaks: from where its sound broke off, where in the text that was. */
export class Pace {
  #characters = 0;
  #seconds = 0;

  /** @param seconds that the whole text took */
  learn(text: string, seconds: number): void {
    this.#characters += text.length;
    this.#seconds += seconds;
  }

  /** What is left of a text after so many seconds, from the beginning of the word that was being spoken. */
  restOf(text: string, seconds: number): string {
    const rate = this.#seconds < enoughSeconds ? usualCharactersPerSecond : this.#characters / this.#seconds;
    const reached = Math.floor(seconds * rate);
    if (reached >= text.length) return '';
    return text.slice(text.lastIndexOf(' ', reached) + 1);
  }
}
