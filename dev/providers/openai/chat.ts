/** `POST /chat/completions`: answers at once or as server-sent events, like platform.openai.com/docs/api-reference/chat. */
import { z } from 'zod';
import { answerTo, type OfferedTool, toolFor } from '../persona.ts';
import { type Protocol, refuse, streamed } from '../protocol.ts';
import type { Cue } from '../script.ts';
import { guessLanguage } from '../speech/language.ts';
import { badRequest } from './refusal.ts';
import { openAiRequest } from './request.ts';

const content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() })), z.null()])
  .optional()
  .transform((value) => (typeof value === 'string' ? value : (value ?? []).map((part) => part.text ?? '').join('')));

const toolSchema = z
  .looseObject({
    name: z.string(),
    parameters: z
      .looseObject({ properties: z.record(z.string(), z.looseObject({ enum: z.unknown().optional() })).optional() })
      .optional(),
  })
  .transform(({ name, parameters }): OfferedTool => {
    const lists = Object.values(parameters?.properties ?? {}).map((property) =>
      z.array(z.string()).safeParse(property.enum),
    );
    return { name, choices: lists.find(({ success }) => success)?.data ?? [] };
  });

const chatSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ function: toolSchema })).nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});
type Chat = z.infer<typeof chatSchema>;

type Delta = Readonly<Record<string, unknown>>;
interface Answer {
  readonly text: string;
  readonly toolCall: NonNullable<Cue['toolCall']> | undefined;
}

export const chat: Protocol = {
  routes: (app, stage) => {
    app.post('/openai/v1/chat/completions', async (context) => {
      const request = openAiRequest(context, 'chat');
      const body = chatSchema.safeParse(await context.req.json().catch(() => undefined));
      if (!body.success) return refuse(badRequest(z.prettifyError(body.error), 'messages', request.connection));
      const heard = read(body.data);
      const { cue, entry, refusal } = request.begin(stage, { model: body.data.model }, heard);
      if (refusal !== undefined) return refuse(refusal);
      const answer = answerOf(cue, heard, body.data);
      entry.said = saidIn(body.data);
      entry.reply = answer.text;
      entry.bytes = answer.text.length;
      const id = `chatcmpl-${request.connection}`;
      const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': request.connection };
      if (body.data.stream === true) {
        const chunks = events(body.data, answer, id).map((event) => Buffer.from(`data: ${event}\n\n`));
        return streamed(context, headers, { chunks, cue, garbage: Buffer.from('data: {"id":"chatcmpl-\n\n') });
      }
      const whole = Buffer.from(JSON.stringify(completion(body.data, answer, id)));
      return streamed(
        context,
        { ...headers, 'content-type': 'application/json' },
        { chunks: [whole], cue, garbage: Buffer.from('{') },
      );
    });
  },
};

/** The script's word, else the persona's. */
function answerOf(cue: Cue, heard: ReturnType<typeof read>, { tools }: Chat): Answer {
  const offered = (tools ?? []).map((tool) => tool.function);
  const toolCall = cue.toolCall ?? (cue.reply === undefined ? toolFor(heard, offered) : undefined);
  return { text: cue.reply ?? (toolCall ? '' : answerTo(heard)), toolCall };
}

/** The parts of the conversation that script and persona look at. */
function read({ messages }: Chat) {
  const system = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => content)
    .join('\n');
  const user = messages.findLast(({ role }) => role === 'user')?.content;
  const last = messages.at(-1);
  const toolResult = last?.role === 'tool' ? last.content : undefined;
  return { system, user, toolResult, language: guessLanguage(`${system} ${user ?? ''}`) };
}

function saidIn({ messages }: Chat): string[] {
  const spoken = messages.filter(({ role, content }) => (role === 'user' || role === 'assistant') && content !== '');
  return spoken.map(({ content }) => content);
}

function events(chat: Chat, answer: Answer, id: string): string[] {
  const withUsage = chat.stream_options?.include_usage === true;
  const event = (choices: readonly unknown[], usage: unknown = null) =>
    JSON.stringify({ ...envelope(chat, id, 'chat.completion.chunk'), choices, ...(withUsage ? { usage } : {}) });
  const choice = (delta: Delta, finish: string | null = null) => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];
  const said = [...deltas(answer, id)].map((delta) => event(choice(delta)));
  const last = event(choice({}, answer.toolCall === undefined ? 'stop' : 'tool_calls'));
  return [...said, last, ...(withUsage ? [event([], usage(chat, answer))] : []), '[DONE]'];
}

/** Word by word; a tool call as OpenAI streams it: name first, then its arguments in pieces. */
function* deltas({ text, toolCall }: Answer, id: string): Generator<Delta> {
  yield { role: 'assistant', content: '' };
  for (const word of text.match(/\s*\S+/g) ?? []) yield { content: word };
  if (toolCall === undefined) return;
  const call = { index: 0, id: `call_${id}`, type: 'function', function: { name: toolCall.name, arguments: '' } };
  yield { tool_calls: [call] };
  for (const piece of JSON.stringify(toolCall.arguments).match(/.{1,12}/gs) ?? []) {
    yield { tool_calls: [{ index: 0, function: { arguments: piece } }] };
  }
}

function completion(chat: Chat, answer: Answer, id: string) {
  const { text, toolCall } = answer;
  const call = toolCall && { name: toolCall.name, arguments: JSON.stringify(toolCall.arguments) };
  const message = {
    role: 'assistant',
    content: call === undefined ? text : null,
    refusal: null,
    ...(call === undefined ? {} : { tool_calls: [{ id: `call_${id}`, type: 'function', function: call }] }),
  };
  const finish = call === undefined ? 'stop' : 'tool_calls';
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
  return { ...envelope(chat, id, 'chat.completion'), choices, usage: usage(chat, answer) };
}

function envelope({ model }: Chat, id: string, object: string) {
  return { id, object, created: Math.floor(Date.now() / 1_000), model, system_fingerprint: 'fp_switchboard' };
}

/** Tokens are counted as words: only that they are there and add up matters. */
function usage({ messages }: Chat, { text, toolCall }: Answer) {
  const words = (value: string) => value.split(/\s+/).filter(Boolean).length;
  const prompt = messages.reduce((sum, { content }) => sum + words(content), 0);
  const completion = words(text) + (toolCall === undefined ? 0 : 10);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  };
}
