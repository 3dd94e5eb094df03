/** The conversation of a Realtime session as the server keeps it: its items, in order, and what they cost to read again. */

import { newItemId } from './ear.ts';
import { type ClientItem, ClientMistake } from './wire.ts';

export interface Item {
  readonly id: string;
  readonly type: 'message' | 'function_call' | 'function_call_output';
  readonly role?: 'system' | 'user' | 'assistant';
  /** Words said, typed or returned. */
  text: string;
  /** Set: the item is sound, and this long. */
  audioMs?: number;
  /** As it goes on the wire. */
  readonly wire: Readonly<Record<string, unknown>>;
}

export class Items {
  #items: Item[] = [];

  get last(): Item | undefined {
    return this.#items.at(-1);
  }

  /** The last words of the caller, and the result that came after them, if the last item is one. */
  heard(): { readonly user: string | undefined; readonly toolResult: string | undefined } {
    const user = this.#items.findLast(({ role }) => role === 'user')?.text;
    const last = this.last;
    return { user, toolResult: last?.type === 'function_call_output' ? last.text : undefined };
  }

  said(): string[] {
    const spoken = this.#items.filter(({ role, text }) => (role === 'user' || role === 'assistant') && text !== '');
    return spoken.map(({ text }) => text);
  }

  systemTexts(): string[] {
    return this.#items.filter(({ role }) => role === 'system').map(({ text }) => text);
  }

  /** @returns the id of the item before it. @throws ClientMistake */
  create(
    item: ClientItem,
    after: string | null | undefined,
  ): { readonly item: Item; readonly previous: string | null } {
    const id = item.id ?? newItemId();
    if (this.#items.some((known) => known.id === id))
      throw new ClientMistake('item_create_duplicate_id', `Error adding item: an item with id '${id}' already exists.`);
    const wire = { ...item, id, object: 'realtime.item', status: 'completed' };
    const common = { id, type: item.type, text: textOf(item), wire };
    return this.insert(item.type === 'message' ? { ...common, role: item.role } : common, after);
  }

  insert(item: Item, after: string | null | undefined): { readonly item: Item; readonly previous: string | null } {
    const at = after == null ? this.#items.length - 1 : this.#items.findIndex(({ id }) => id === after);
    if (after === 'root') this.#items.unshift(item);
    else if (after != null && at < 0)
      throw new ClientMistake('item_create_invalid_previous_item_id', `Previous item '${after}' does not exist.`);
    else this.#items.splice(at + 1, 0, item);
    return { item, previous: this.#items[this.#items.indexOf(item) - 1]?.id ?? null };
  }

  /** @throws ClientMistake */
  truncate(id: string, audioEndMs: number): void {
    const item = this.#find(id, 'item_truncate_invalid_item_id');
    if (item.role !== 'assistant' || item.audioMs === undefined)
      throw new ClientMistake('invalid_value', 'Only model output audio messages can be truncated');
    if (audioEndMs > item.audioMs) {
      const message = `Audio content of ${item.audioMs}ms is already shorter than ${audioEndMs}ms`;
      throw new ClientMistake('invalid_value', message);
    }
    item.audioMs = audioEndMs;
  }

  /** @throws ClientMistake */
  delete(id: string): void {
    const item = this.#find(id, 'item_delete_invalid_item_id');
    this.#items = this.#items.filter((known) => known !== item);
  }

  /** What the model reads for one more answer: a token a word, and ten a second of the caller's sound. */
  tokens(): { readonly text: number; readonly audio: number } {
    let [text, audio] = [0, 0];
    for (const item of this.#items) {
      if (item.audioMs === undefined) text += item.text.split(/\s+/).filter(Boolean).length;
      else audio += Math.ceil(item.audioMs / (item.role === 'assistant' ? 50 : 100));
    }
    return { text, audio };
  }

  #find(id: string, code: string): Item {
    const item = this.#items.find((known) => known.id === id);
    if (item === undefined) throw new ClientMistake(code, `Item with item_id '${id}' not found.`);
    return item;
  }
}

function textOf(item: ClientItem): string {
  if (item.type === 'message') return item.content.map(({ text }) => text ?? '').join(' ');
  return item.type === 'function_call' ? `${item.name} ${item.arguments}` : item.output;
}
