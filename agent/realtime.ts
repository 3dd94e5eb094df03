/**
 * Calls in which one model hears and speaks. The session stays the library's, so tools, keypad, limits and records work as in
 * a pipeline. What differs is here: who says a fixed sentence, what the model is sent, and what happens to a lost answer.
 */
import { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { Succession, type SuccessionWatch } from './fallback/succession.ts';
import { type BuiltService, buildEach, type ProviderKeys } from './providers/index.ts';
import type { CallRealtimeModel } from './providers/realtime-model.ts';
import { RealtimeSuccession } from './realtime-succession.ts';
import { VoiceDetector } from './voice-detector.ts';

export interface RealtimeServices {
  readonly mode: 'realtime';
  readonly realtime: CallRealtimeModel;
  readonly vad: VoiceDetector;
  /** Everyone who may hold the conversation. */
  readonly built: readonly BuiltService<'realtime'>[];
  close(): Promise<void>;
}

/** @throws Error for a configuration that resolveConfig() did not pass */
export function buildRealtime(config: TenantConfig, keys: ProviderKeys, watch: SuccessionWatch): RealtimeServices {
  const built = buildEach('realtime', config, keys);
  const candidates = built.map(({ placed, model, service }) => ({ provider: placed.choice.provider, model, service }));
  const services = built.map(({ service }) => service);
  const realtime = new RealtimeSuccession(new Succession('realtime', candidates, watch), services);
  const vad = new VoiceDetector();
  return {
    mode: 'realtime',
    realtime,
    vad,
    built,
    async close() {
      await Promise.all([realtime.close(), vad.close()]);
    },
  };
}

type SayOptions = Parameters<voice.AgentSession['say']>[1];

/** A session without a voice of its own beside the model's: a sentence that has no recording is the model's to say. */
export class RealtimeSession extends voice.AgentSession {
  override say(...[text, options = {}]: Parameters<voice.AgentSession['say']>): voice.SpeechHandle {
    if (options.audio !== undefined || typeof text !== 'string') return super.say(text, options);
    return this.generateReply({ instructions: wordForWord(text), toolChoice: 'none', ...interruption(options) });
  }
}

function interruption({ allowInterruptions }: NonNullable<SayOptions>) {
  return allowInterruptions === undefined ? {} : { allowInterruptions };
}

function wordForWord(text: string): string {
  return `Say the following word for word, in the language it is written in, and nothing before or after it:\n${text}`;
}

/** Tells the model when the caller speaks, and asks again for what it did not get to say. */
export function followCaller(session: voice.AgentSession, realtime: CallRealtimeModel): void {
  session.on(voice.AgentSessionEventTypes.UserStateChanged, ({ newState }) =>
    realtime.caller(newState === 'speaking' ? 'speaks' : 'is quiet'),
  );
  realtime.onAnswerLost = () => void session.generateReply();
}
