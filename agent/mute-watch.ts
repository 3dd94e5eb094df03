/**
 * Notices an agent that owes the caller words and says none, whatever the cause: a model that answers a tool's result with
 * nothing, a library's race, a hung stream. Six seconds of silence on a telephone are a dead line.
 *
 * Words are owed from when an answer or a sentence is begun until sound leaves; what ends without a sound is owed still. Not
 * while the caller speaks, not what the caller interrupted, not while a tool is at work (tools have deadlines and filler words
 * of their own), and not after a tool that wants no answer.
 */
import { voice } from '@livekit/agents';
import type { ToolActivity } from './tool-activity.ts';

const muteMs = 6_000;
const lookEveryMs = 250;
const events = voice.AgentSessionEventTypes;

export interface Voice {
  /** Monotonic time at which sound last left for the caller. */
  readonly lastSoundMs: number;
}

export class MuteWatch {
  readonly #session: voice.AgentSession;
  readonly #activity: Pick<ToolActivity, 'busy'>;
  readonly #voice: Voice;
  /** What was begun and may still be owed, with the monotonic time since which sound of it is expected. */
  readonly #speeches = new Map<voice.SpeechHandle, number>();
  /** Since when words have been owed without a pause. */
  #owedSinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: voice.AgentSession, activity: Pick<ToolActivity, 'busy'>, sound: Voice) {
    this.#session = session;
    this.#activity = activity;
    this.#voice = sound;
    session.on(events.SpeechCreated, ({ speechHandle }) => this.#speeches.set(speechHandle, performance.now()));
    // A tool that wants no answer has no output.
    session.on(events.FunctionToolsExecuted, ({ functionCallOutputs }) => {
      if (!functionCallOutputs.some(Boolean)) this.#speeches.clear();
      for (const speech of this.#speeches.keys()) this.#speeches.set(speech, performance.now());
    });
  }

  /** @param onMute called once @returns stops watching */
  start(onMute: (cause: Error) => void): () => void {
    this.#timer = setInterval(() => {
      if (!this.#look(performance.now())) return;
      clearInterval(this.#timer);
      onMute(new Error(`the agent owed words and none came for ${muteMs} ms`));
    }, lookEveryMs);
    return () => clearInterval(this.#timer);
  }

  #look(nowMs: number): boolean {
    const soundMs = this.#voice.lastSoundMs;
    for (const [speech, sinceMs] of this.#speeches)
      if (speech.done() && (speech.interrupted || soundMs > sinceMs)) this.#speeches.delete(speech);
    if (!this.#owes()) {
      this.#owedSinceMs = undefined;
      return false;
    }
    this.#owedSinceMs ??= nowMs;
    return nowMs - Math.max(this.#owedSinceMs, soundMs) >= muteMs;
  }

  #owes(): boolean {
    if (this.#session.userState === 'speaking' || this.#activity.busy) return false;
    return this.#speeches.size > 0;
  }
}
