import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { withDeadline } from '../../shared/faults.ts';
import type { Sentence } from '../phone/hearing.ts';
import { repository } from '../stack/program.ts';
import { machineEnv } from '../stack/surroundings.ts';
import type { ListenAnswer, ListenOrder } from './listener-main.ts';

const deadlineMs = 90_000;

/** Recognises sentences in recordings, in a process of its own. */
export class Listener {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (said: readonly string[]) => void>();
  #asked = 0;

  constructor() {
    this.#child = fork(join(repository, 'dev', 'faults', 'listener-main.ts'), [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      env: machineEnv(),
      serialization: 'advanced',
    });
    this.#child.on('message', (message) => {
      const { id, said } = message as ListenAnswer;
      this.#waiting.get(id)?.(said);
      this.#waiting.delete(id);
    });
  }

  /** The known sentences of a telephone recording, in order. @throws when the process is gone or takes too long */
  async sentencesIn(samples: Int16Array, candidates: readonly Sentence[]): Promise<readonly string[]> {
    this.#asked += 1;
    const order: ListenOrder = { id: this.#asked, samples, candidates };
    const answer = new Promise<readonly string[]>((resolve) => this.#waiting.set(order.id, resolve));
    this.#child.send(order);
    return withDeadline('recognising a recording', deadlineMs, answer);
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
