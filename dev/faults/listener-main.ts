/** Tells what was said in recordings: seconds of work each, in a process of its own so that meanwhile nobody on the phone stutters. */
import { type Sentence, sentencesIn } from '../phone/hearing.ts';

export interface ListenOrder {
  readonly id: number;
  /** 8 kHz mono. */
  readonly samples: Int16Array;
  readonly candidates: readonly Sentence[];
}

export interface ListenAnswer {
  readonly id: number;
  readonly said: readonly string[];
}

process.on('message', (message) => {
  const { id, samples, candidates } = message as ListenOrder;
  void sentencesIn(samples, candidates).then((said) => {
    const answer: ListenAnswer = { id, said: said.filter((text) => text !== null) };
    process.send?.(answer);
  });
});
process.on('disconnect', () => process.exit(0));
