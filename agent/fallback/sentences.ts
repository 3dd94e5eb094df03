/** Ends of sentences, closing quotes included, with the space after them; in Latin, Arabic and Chinese script. */
const sentenceEnd = /^[\s\S]*(?:[.!?…؟۔][)\]"'’”»]*\s+|[。！？]|\n)/u;

/** The beginning of a text up to the end of its last whole sentence; a sentence is whole when something follows it. */
export function wholeSentences(text: string): string {
  return sentenceEnd.exec(text)?.[0] ?? '';
}
