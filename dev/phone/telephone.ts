/** A caller that is led by the hand: dials, listens, speaks when told to, hangs up. */

import { withDeadline } from '../../shared/faults.ts';
import type { Stack } from '../stack/stack.ts';
import { waitFor } from '../stack/wait.ts';
import { type Dial, dial, type EndedBy, type PhoneCall } from './call.ts';
import { type Sentence, spoken } from './hearing.ts';

/** So long without sound, and the agent has finished: longer than its pauses between sentences. */
const pauseMs = 1_200;
const answerDeadlineMs = 20_000;
const speechDeadlineMs = 40_000;
const endDeadlineMs = 40_000;

/** The call was over before what was waited for. */
export class EndedEarly extends Error {}

export class Telephone implements AsyncDisposable {
  readonly call: PhoneCall;
  #endedBy: EndedBy | undefined;

  private constructor(call: PhoneCall) {
    this.call = call;
    void call.ended.then((by) => {
      this.#endedBy = by;
    });
  }

  /** @param further what its exchange does when it is asked to call somebody else */
  static async dial(
    sip: Stack['sip'],
    called: string,
    caller: string,
    further: Pick<Dial, 'onRefer'> = {},
  ): Promise<Telephone> {
    return new Telephone(await dial({ target: sip, called, caller, ...further }));
  }

  get callId(): string {
    return this.call.callId;
  }

  /** Status of the final answer to the INVITE. */
  async answer(): Promise<number> {
    return (await withDeadline('the answer to the INVITE', answerDeadlineMs, this.call.answered)).status;
  }

  /** Until the agent says something after that moment. @param afterMs since the INVITE */
  async untilSpokenTo(afterMs = 0): Promise<void> {
    await this.#until('sound of the agent', () => (this.call.ear.lastSoundMs ?? 0) > afterMs);
  }

  /** Until the agent has said something after that moment and is quiet again, for so long. */
  async untilQuiet(afterMs = 0, quietMs = pauseMs): Promise<void> {
    await this.untilSpokenTo(afterMs);
    await this.#until(
      'the end of what the agent says',
      () => this.call.sinceInviteMs() - (this.call.ear.lastSoundMs ?? 0) >= quietMs,
    );
  }

  /** Plays into the call until all of it was sent. @returns when that was, since the INVITE */
  async play(samples: Int16Array): Promise<number> {
    this.call.say(samples);
    await this.#until('the end of what the caller says', () => !this.call.isSpeaking);
    return this.call.sinceInviteMs();
  }

  async say(sentence: Sentence): Promise<number> {
    return this.play(await spoken(sentence));
  }

  /** Greeted, one sentence, its answer heard to the end. */
  async talk(sentence: Sentence): Promise<void> {
    await this.untilQuiet();
    await this.untilQuiet(await this.say(sentence));
  }

  recording(): Int16Array {
    return this.call.ear.recording().samples;
  }

  async ended(): Promise<string> {
    return withDeadline('the end of the call', endDeadlineMs, this.call.ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.call.cancel();
    this.call.hangUp();
    await this.call.close();
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    const goesOn = () => {
      if (this.#endedBy !== undefined) throw new EndedEarly(`the call was ended by ${this.#endedBy} before ${what}`);
      return condition();
    };
    await waitFor(goesOn, { what, deadlineMs: speechDeadlineMs });
  }
}
