/** Every protocol the server speaks. A new provider is a folder and a line here. */
import { listen } from './deepgram/listen.ts';
import { speak } from './deepgram/speak.ts';
import { chat } from './openai/chat.ts';
import { models } from './openai/models.ts';
import { speech } from './openai/speech.ts';
import type { Protocol } from './protocol.ts';

export const protocols: readonly Protocol[] = [chat, models, speech, listen, speak];
