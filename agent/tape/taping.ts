/** One call's tape: from the moment at which its caller knows of it until the agent leaves. No call fails for it. */
import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { TenantConfig } from '../../shared/config/index.ts';
import { coerceError } from '../../shared/faults.ts';
import type { SessionId } from '../../shared/ids.ts';
import type { Logger } from '../../shared/log.ts';
import { soundOf } from '../sound.ts';
import type { Speaker } from '../speaker.ts';
import { CallerTime } from './caller-time.ts';
import { ContinuousResampler, resample } from './resample.ts';
import type { TapeFile, TapeSpool } from './spool.ts';
import { Tape } from './tape.ts';

/** What telephones carry is below 8 kHz. */
const sampleRate = 16_000;
const settleEveryMs = 1_000;
/** A caller's frames are placed where they were spoken, which may be so long ago. */
const lateMs = 1_500;
/** What is held back for an agent that does not come to an end: 4 MB. */
const longestSpeechMs = 120_000;
const { EVENT_PLAYBACK_STARTED, EVENT_PLAYBACK_PROGRESSED, EVENT_PLAYBACK_FINISHED } = voice.AudioOutput;

export interface TapingParts {
  readonly session: SessionId;
  readonly worker: string;
  readonly recording: TenantConfig['recording'];
  readonly spool: TapeSpool;
  readonly log: Logger;
}

/** Steps: constructed → begin() → close(). What is heard before begin() is on no tape. */
export class Taping {
  readonly #parts: TapingParts;
  readonly #callerTime = new CallerTime();
  readonly #callerRate = new ContinuousResampler(sampleRate);
  #running: { readonly tape: Tape; readonly file: TapeFile; readonly stop: () => void } | undefined;
  /** The clock's time at which the agent began what it is saying: where that goes is known when it is over. */
  #speakingSinceMs = Number.POSITIVE_INFINITY;

  constructor(parts: TapingParts) {
    this.#parts = parts;
  }

  /** Never rejects: a call goes on without its tape. */
  async begin(speaker: Speaker): Promise<void> {
    const { session, worker, recording, spool, log } = this.#parts;
    try {
      const beginsAtMs = Date.now();
      const beginsAt = new Date(beginsAtMs).toISOString();
      const about = { session, worker, beginsAt, sampleRate, retentionDays: recording.retention_days };
      const file = await spool.open(about);
      const tape = new Tape({ sampleRate, beginsAtMs, write: (block) => file.append(block) });
      const stopFollowing = this.#follow(speaker, tape);
      const timer = setInterval(() => this.#settle(), settleEveryMs);
      const stop = () => {
        stopFollowing();
        clearInterval(timer);
      };
      this.#running = { tape, file, stop };
      log.info('the call is recorded from here on');
    } catch (thrown) {
      log.error({ err: coerceError(thrown) }, 'the call cannot be recorded');
    }
  }

  /** What the caller says. */
  hear(frame: AudioFrame): void {
    if (this.#running === undefined) return;
    const samples = this.#callerRate.push(frame);
    const beganMs = this.#callerTime.of(Date.now(), (samples.length / sampleRate) * 1000);
    this.#running.tape.place('caller', beganMs, samples);
  }

  /** To be called when nobody speaks any more. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#callerRate.close();
    if (running === undefined) return;
    running.stop();
    running.tape.settle(Date.now());
    if (running.file.failure !== undefined)
      this.#parts.log.error({ err: running.file.failure }, 'the recording of the call is not whole');
    await running.file.close();
  }

  /** The speaker tells when what it was given was played, and how much of it: whoever is interrupted did not say the rest. */
  #follow(speaker: Speaker, tape: Tape): () => void {
    let spoken = speaker.overhear();
    const started = ({ createdAt }: voice.PlaybackStartedEvent) => {
      this.#speakingSinceMs = createdAt;
    };
    const progressed = ({ startedAt, offset, duration }: voice.PlaybackProgressedEvent) => {
      // Of a sentence that had begun before, it is not known which part was overheard.
      if (this.#speakingSinceMs === Number.POSITIVE_INFINITY) return;
      const sound = soundOf(spoken.frames);
      const at = (ms: number) => Math.round((ms / 1000) * sound.sampleRate);
      const played = sound.samples.slice(at(offset), at(offset + duration));
      tape.place('agent', startedAt, resample({ ...sound, samples: played }, sampleRate));
    };
    const ended = () => {
      this.#speakingSinceMs = Number.POSITIVE_INFINITY;
      spoken.end();
      spoken = speaker.overhear();
    };
    speaker.on(EVENT_PLAYBACK_STARTED, started);
    speaker.on(EVENT_PLAYBACK_PROGRESSED, progressed);
    speaker.on(EVENT_PLAYBACK_FINISHED, ended);
    return () => {
      spoken.end();
      speaker.off(EVENT_PLAYBACK_STARTED, started);
      speaker.off(EVENT_PLAYBACK_PROGRESSED, progressed);
      speaker.off(EVENT_PLAYBACK_FINISHED, ended);
    };
  }

  #settle(): void {
    const nowMs = Date.now();
    const knownUntilMs = Math.min(nowMs - lateMs, this.#speakingSinceMs);
    this.#running?.tape.settle(Math.max(knownUntilMs, nowMs - longestSpeechMs));
  }
}
