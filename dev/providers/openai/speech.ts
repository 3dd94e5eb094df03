/** `POST /audio/speech`: 24 kHz PCM as it is made, like platform.openai.com/docs/api-reference/audio/createSpeech. */
import { z } from 'zod';
import { chunksOf } from '../audio.ts';
import { type Protocol, refuse, streamed } from '../protocol.ts';
import { guessLanguage } from '../speech/language.ts';
import { pcmBytes } from '../speech/speech.ts';
import { badRequest } from './refusal.ts';
import { openAiRequest } from './request.ts';

const SAMPLE_RATE = 24_000;

const speechSchema = z.looseObject({
  model: z.string(),
  voice: z.string(),
  input: z.string().min(1).max(4_096),
  /** The real one also makes mp3 (its default), opus, aac, flac and wav; the product asks for pcm. */
  response_format: z.literal('pcm'),
  speed: z.number().min(0.25).max(4).optional(),
  instructions: z.string().nullish(),
});

export const speech: Protocol = {
  routes: (app, stage) => {
    app.post('/openai/v1/audio/speech', async (context) => {
      const request = openAiRequest(context, 'speech');
      const body = speechSchema.safeParse(await context.req.json().catch(() => undefined));
      if (!body.success) return refuse(badRequest(z.prettifyError(body.error), 'input', request.connection));
      const { model, voice, input } = body.data;
      const language = guessLanguage(input);
      const { cue, entry, refusal } = request.begin(
        stage,
        { model, voice },
        { user: input, system: undefined, language },
      );
      if (refusal !== undefined) return refuse(refusal);
      const audio = pcmBytes(await stage.speech.say(input, language, SAMPLE_RATE));
      entry.bytes = audio.length;
      const headers = { 'content-type': 'audio/pcm', 'x-request-id': request.connection };
      // One stray byte shifts every sample that follows: the worst that can happen to raw PCM.
      return streamed(context, headers, { chunks: chunksOf(audio, SAMPLE_RATE), cue, garbage: Buffer.of(0) });
    });
  },
};
