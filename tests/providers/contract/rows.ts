/** Every service of every provider. A new one is a row here; the suite says which is missing. */
import type { Row } from './row.ts';

const asked = { language: 'en', sentence: 'What time do you close tonight?' } as const;
const heard = { language: 'en', sentence: 'Do you deliver to Station Road?' } as const;
const spoken = { language: 'en', sentence: 'Welcome to Harbor Pizza, what can I get you?' } as const;

/** Its words have a deadline of their own. */
const late: Row['unlike'] = {
  why: 'a turn is sent whole, so that words which do not come are noticed',
  expected: { silence: { outcome: 'fails', arrived: 'nothing', mostTries: 2 } },
};
const transcribe = { provider: 'openai', kind: 'transcribe' } as const;
const openaiUrl: Row['baseUrl'] = ({ openai }) => openai;

export const rows: readonly Row[] = [
  {
    provider: 'deepgram',
    kind: 'stt',
    baseUrl: ({ deepgram }) => deepgram,
    standIn: { provider: 'deepgram', kind: 'listen' },
    ...heard,
  },
  {
    provider: 'deepgram',
    kind: 'stt',
    model: 'flux-general-en',
    baseUrl: ({ deepgram }) => deepgram,
    standIn: { provider: 'deepgram', kind: 'listen' },
    ...heard,
  },
  {
    provider: 'deepgram',
    kind: 'tts',
    baseUrl: ({ deepgram }) => deepgram,
    standIn: { provider: 'deepgram', kind: 'speak' },
    ...spoken,
  },
  {
    provider: 'soniox',
    kind: 'stt',
    baseUrl: ({ soniox }) => soniox,
    standIn: { provider: 'soniox', kind: 'listen' },
    language: 'fa',
    sentence: 'سلام، می‌خواهم برای فردا وقت بگیرم.',
  },
  {
    provider: 'elevenlabs',
    kind: 'tts',
    baseUrl: ({ elevenlabs }) => elevenlabs,
    standIn: { provider: 'elevenlabs', kind: 'speech' },
    ...spoken,
  },
  {
    provider: 'openai',
    kind: 'llm',
    baseUrl: ({ openai }) => openai,
    standIn: { provider: 'openai', kind: 'chat' },
    ...asked,
  },
  {
    provider: 'openai',
    kind: 'tts',
    baseUrl: ({ openai }) => openai,
    standIn: { provider: 'openai', kind: 'speech' },
    ...spoken,
  },
  { provider: 'openai', kind: 'stt', baseUrl: openaiUrl, standIn: transcribe, ...heard, unlike: late },
  {
    provider: 'openai',
    kind: 'stt',
    model: 'gpt-realtime-whisper',
    baseUrl: openaiUrl,
    standIn: transcribe,
    ...heard,
    unlike: late,
  },
  {
    provider: 'openai',
    kind: 'stt',
    model: 'whisper-1',
    baseUrl: openaiUrl,
    standIn: transcribe,
    ...heard,
    unlike: late,
  },
  {
    provider: 'openai',
    kind: 'realtime',
    baseUrl: openaiUrl,
    standIn: { provider: 'openai', kind: 'realtime' },
    ...asked,
  },
  {
    provider: 'openai-compatible',
    kind: 'stt',
    model: 'whisper-large-v3',
    baseUrl: openaiUrl,
    standIn: transcribe,
    ...heard,
    unlike: late,
  },
  {
    provider: 'openai-compatible',
    kind: 'llm',
    model: 'llama-3.3-70b',
    baseUrl: openaiUrl,
    standIn: { provider: 'openai', kind: 'chat' },
    ...asked,
  },
  {
    provider: 'openai-compatible',
    kind: 'tts',
    model: 'kokoro',
    baseUrl: openaiUrl,
    standIn: { provider: 'openai', kind: 'speech' },
    ...spoken,
  },
];
