/** Every protocol the server speaks. A new provider is a folder and a line here. */
import { flux } from './deepgram/flux.ts';
import { listen } from './deepgram/listen.ts';
import { speak } from './deepgram/speak.ts';
import { stream } from './elevenlabs/stream.ts';
import { chat } from './openai/chat.ts';
import { models } from './openai/models.ts';
import { realtime } from './openai/realtime.ts';
import { speech } from './openai/speech.ts';
import { transcriptions } from './openai/transcriptions.ts';
import type { Protocol } from './protocol.ts';
import { transcribe } from './soniox/transcribe.ts';

export const protocols: readonly Protocol[] = [
  chat,
  models,
  speech,
  transcriptions,
  realtime,
  listen,
  flux,
  speak,
  transcribe,
  stream,
];
