/** One answer of a Realtime session, as the events it is made of (platform.openai.com/docs/api-reference/realtime-server-events). */
import { chunksOf } from '../../audio.ts';
import type { Cue } from '../../script.ts';
import { newItemId } from './ear.ts';
import { eventText } from './line.ts';

const SAMPLE_RATE = 24_000;

export interface AnswerParts {
  readonly id: string;
  readonly text: string;
  readonly toolCall: Cue['toolCall'];
  /** 24 kHz PCM of the text; undefined: the answer is text only. */
  readonly audio: Buffer | undefined;
  /** Called as the item appears, before its first word. */
  readonly onItem: (item: AnswerItem) => { readonly previous: string | null };
}

export interface AnswerItem {
  readonly id: string;
  readonly type: 'message' | 'function_call';
  readonly wire: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly audioMs: number | undefined;
}

export function* answerEvents(parts: AnswerParts): Generator<string> {
  let outputIndex = 0;
  if (parts.text !== '') yield* message(parts, outputIndex++);
  if (parts.toolCall !== undefined) yield* functionCall(parts, parts.toolCall, outputIndex);
}

function* message({ id, text, audio, onItem }: AnswerParts, output_index: number): Generator<string> {
  const itemId = newItemId();
  const at = { response_id: id, item_id: itemId, output_index, content_index: 0 };
  const wire = { id: itemId, object: 'realtime.item', type: 'message', role: 'assistant', content: [] };
  const audioMs = audio && Math.round((audio.length / 2 / SAMPLE_RATE) * 1_000);
  const { previous } = onItem({ id: itemId, type: 'message', wire, text, audioMs });
  yield eventText('response.output_item.added', { response_id: id, output_index, item: wire });
  yield eventText('conversation.item.added', { previous_item_id: previous, item: wire });
  const part = audio ? { type: 'audio', transcript: '' } : { type: 'text', text: '' };
  yield eventText('response.content_part.added', { ...at, part });
  const words = audio ? 'response.output_audio_transcript' : 'response.output_text';
  for (const delta of text.match(/\s*\S+/g) ?? []) yield eventText(`${words}.delta`, { ...at, delta });
  for (const chunk of audio ? chunksOf(audio, SAMPLE_RATE) : [])
    yield eventText('response.output_audio.delta', { ...at, delta: chunk.toString('base64') });
  if (audio) yield eventText('response.output_audio.done', at);
  yield eventText(`${words}.done`, { ...at, [audio ? 'transcript' : 'text']: text });
  const said = audio ? { type: 'audio', transcript: text } : { type: 'text', text };
  yield eventText('response.content_part.done', { ...at, part: said });
  const content = [audio ? { type: 'output_audio', transcript: text } : { type: 'output_text', text }];
  yield eventText('response.output_item.done', { response_id: id, output_index, item: { ...wire, content } });
}

/** The name comes with the item, its arguments in pieces. */
function* functionCall(
  { id, onItem }: AnswerParts,
  toolCall: NonNullable<Cue['toolCall']>,
  output_index: number,
): Generator<string> {
  const itemId = newItemId();
  const call_id = `call_${itemId.slice(5)}`;
  const whole = JSON.stringify(toolCall.arguments);
  const begun = { id: itemId, object: 'realtime.item', type: 'function_call', call_id, name: toolCall.name };
  const { previous } = onItem({
    id: itemId,
    type: 'function_call',
    wire: { ...begun, arguments: whole },
    text: `${toolCall.name} ${whole}`,
    audioMs: undefined,
  });
  const at = { response_id: id, item_id: itemId, output_index, call_id };
  yield eventText('response.output_item.added', { response_id: id, output_index, item: { ...begun, arguments: '' } });
  yield eventText('conversation.item.added', { previous_item_id: previous, item: { ...begun, arguments: '' } });
  for (const delta of whole.match(/.{1,12}/gs) ?? [])
    yield eventText('response.function_call_arguments.delta', { ...at, delta });
  yield eventText('response.function_call_arguments.done', { ...at, name: toolCall.name, arguments: whole });
  const item = { ...begun, arguments: whole, status: 'completed' };
  yield eventText('response.output_item.done', { response_id: id, output_index, item });
}
