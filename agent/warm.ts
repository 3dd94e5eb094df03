/** Does once, before the first call, what the first call would otherwise wait for. */
import { ReadableStream } from 'node:stream/web';
import { voice } from '@livekit/agents';
import { AudioFrame, AudioSource } from '@livekit/rtc-node';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { VoiceDetector } from './voice-detector.ts';

const sampleRate = 16_000;
const stepDeadlineMs = 5_000;

/** Brings the native library up, outside of any call (see call-context.ts). */
export async function warmNative(): Promise<void> {
  await new AudioSource(sampleRate, 1).close();
}

/**
 * Only costs time when it fails. The way to the database is warm after the first report (leases.ts).
 *
 * @param room a call without a caller, in a room of its own
 */
export async function warm(room: () => Promise<void>, log: Logger): Promise<void> {
  const step = async (what: string, work: Promise<unknown>) => {
    try {
      await withDeadline(what, stepDeadlineMs, work);
    } catch (thrown) {
      log.warn({ err: coerceError(thrown), what }, 'not warmed up');
    }
  };
  // A session waits 500 ms for the last words of a caller when it closes: no real caller need wait for that.
  const apart = (closing: Promise<void>) => void step('the end of a conversation', closing);
  await Promise.all([
    step('a room', room()),
    step('the voice detector', runVoiceDetector()),
    step('a conversation', rehearse(apart)),
  ]);
}

async function runVoiceDetector(): Promise<void> {
  const vad = new VoiceDetector();
  const stream = vad.stream();
  stream.pushFrame(silence());
  await stream.next();
  stream.close();
  await vad.close();
}

/** A conversation with nobody: most of what a first call waits for is code that never ran. */
async function rehearse(apart: (closing: Promise<void>) => void): Promise<void> {
  const session = new voice.AgentSession({ vad: null, userAwayTimeout: null, turnHandling: { turnDetection: null } });
  session.output.audio = new NobodyListens(sampleRate);
  await session.start({ agent: new voice.Agent({ instructions: '' }), record: false });
  await session.say('', { audio: ReadableStream.from([silence()]) }).waitForPlayout();
  apart(session.close());
}

class NobodyListens extends voice.AudioOutput {
  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    this.onPlaybackStarted(Date.now());
  }

  override flush(): void {
    super.flush();
    this.onPlaybackFinished({ playbackPosition: 0, interrupted: false });
  }

  override clearBuffer(): void {
    this.flush();
  }
}

function silence(): AudioFrame {
  return new AudioFrame(new Int16Array(sampleRate / 2), sampleRate, 1, sampleRate / 2);
}
