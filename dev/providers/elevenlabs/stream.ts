/** `POST /text-to-speech/:voice/stream`: PCM as it is made (elevenlabs.io/docs/api-reference/text-to-speech/stream). */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { chunksOf } from '../audio.ts';
import { type Protocol, refuse, streamed } from '../protocol.ts';
import { guessLanguage, readLanguage } from '../speech/language.ts';
import { pcmBytes } from '../speech/speech.ts';
import { badRequest, refusal } from './refusal.ts';

const querySchema = z.looseObject({
  /** The real one also makes mp3 (its default), opus, ulaw and alaw; the product asks for pcm. */
  output_format: z.enum(['pcm_8000', 'pcm_16000', 'pcm_22050', 'pcm_24000', 'pcm_44100']),
});

const bodySchema = z.looseObject({
  text: z.string().min(1).max(10_000),
  model_id: z.enum(['eleven_multilingual_v2', 'eleven_flash_v2', 'eleven_flash_v2_5', 'eleven_v3']),
  language_code: z.string().optional(),
  voice_settings: z
    .looseObject({
      stability: z.number().min(0).max(1).optional(),
      similarity_boost: z.number().min(0).max(1).optional(),
      style: z.number().min(0).max(1).optional(),
      speed: z.number().min(0.7).max(1.2).optional(),
    })
    .nullish(),
});

export const stream: Protocol = {
  routes: (app, stage) => {
    app.post('/elevenlabs/v1/text-to-speech/:voice/stream', async (context) => {
      const query = querySchema.safeParse(context.req.query());
      const body = bodySchema.safeParse(await context.req.json().catch(() => undefined));
      if (!query.success || !body.success) return refuse(badRequest(body.error ?? query.error));
      const { text, model_id: model, language_code } = body.data;
      const voice = context.req.param('voice');
      const language = readLanguage(language_code) ?? guessLanguage(text);
      const key = context.req.header('xi-api-key') ?? '';
      const seen = { connection: randomUUID(), path: context.req.path, params: { model, voice } };
      const asked = { provider: 'elevenlabs', kind: 'speech' as const, key, language, user: text };
      const { cue, entry, refused } = stage.begin(asked, seen, 200);
      if (refused !== undefined) return refuse(refusal(refused.status, refused.retryAfterS));
      const sampleRate = Number(query.data.output_format.slice('pcm_'.length));
      const audio = pcmBytes(await stage.speech.say(text, language, sampleRate));
      entry.bytes = audio.length;
      const headers = { 'content-type': 'audio/pcm', 'request-id': seen.connection };
      return streamed(context, headers, { chunks: chunksOf(audio, sampleRate), cue, garbage: Buffer.of(0) });
    });
  },
};
