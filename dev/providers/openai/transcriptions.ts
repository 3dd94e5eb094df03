/** `POST /audio/transcriptions`: a whole recording at once (platform.openai.com/docs/api-reference/audio/createTranscription). */
import { z } from 'zod';
import { type Protocol, refuse, streamed } from '../protocol.ts';
import { recogniseAll } from '../recognise.ts';
import { readLanguage } from '../speech/language.ts';
import { badRequest } from './refusal.ts';
import { openAiRequest } from './request.ts';

const formSchema = z.looseObject({
  file: z.instanceof(File),
  model: z.string(),
  language: z.string().optional(),
  prompt: z.string().optional(),
  /** The real one also makes text, srt, vtt and verbose_json; the product asks for json. */
  response_format: z.literal('json').optional(),
});

const WAV_HEADER_BYTES = 44;
const WAV_RATE_OFFSET = 24;

export const transcriptions: Protocol = {
  routes: (app, stage) => {
    app.post('/openai/v1/audio/transcriptions', async (context) => {
      const request = openAiRequest(context, 'transcribe');
      const form = formSchema.safeParse(await context.req.parseBody().catch(() => undefined));
      if (!form.success) return refuse(badRequest(z.prettifyError(form.error), 'file', request.connection));
      const { file, model, language: tag } = form.data;
      const language = readLanguage(tag);
      const params = { model, ...(tag === undefined ? {} : { language: tag }) };
      const { cue, entry, refusal } = request.begin(stage, params, { user: undefined, system: undefined, language });
      if (refusal !== undefined) return refuse(refusal);
      const wav = Buffer.from(await file.arrayBuffer());
      if (wav.toString('latin1', 0, 4) !== 'RIFF')
        return refuse(badRequest('Invalid file format.', 'file', request.connection));
      const said = await recogniseAll(samplesOf(wav), wav.readUInt32LE(WAV_RATE_OFFSET), stage.known(language));
      const text = cue.reply ?? said.flatMap((one) => one.text ?? []).join(' ');
      entry.bytes = wav.length;
      entry.recognised = text;
      const whole = Buffer.from(JSON.stringify({ text, usage: { type: 'duration', seconds: 1 } }));
      const headers = { 'content-type': 'application/json', 'x-request-id': request.connection };
      return streamed(context, headers, { chunks: [whole], cue, garbage: Buffer.from('{') });
    });
  },
};

function samplesOf(wav: Buffer): Int16Array {
  const pcm = new Int16Array(Math.max(0, wav.length - WAV_HEADER_BYTES) >> 1);
  for (let index = 0; index < pcm.length; index += 1) pcm[index] = wav.readInt16LE(WAV_HEADER_BYTES + index * 2);
  return pcm;
}
