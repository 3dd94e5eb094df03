import { useSyncExternalStore } from 'react';
import { useFormat } from '../words/speech.tsx';

export function Moment({ at }: { readonly at: string }) {
  const format = useFormat();
  return (
    <time className="whitespace-nowrap" dateTime={at}>
      {format.moment(at)}
    </time>
  );
}

/** Goes on by itself, each second. */
export function Since({ at }: { readonly at: string | number }) {
  const format = useFormat();
  const now = useNow();
  return <span className="whitespace-nowrap">{format.duration(now - new Date(at).getTime())}</span>;
}

/** One clock for all of them: two hundred live calls are two hundred of these. */
const listeners = new Set<() => void>();
const everyMs = 1_000;
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now();
    timer = setInterval(tick, everyMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}
