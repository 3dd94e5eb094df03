import type { voice } from '@livekit/agents';

/**
 * Does what must not be done by half: an answer that is interrupted forgets what its tools did, and the model would do it
 * again. The caller can interrupt the answer as before once it is done.
 */
export async function undisturbed<T>({ speechHandle: speech }: voice.RunContext, work: () => Promise<T>): Promise<T> {
  if (speech.interrupted || !speech.allowInterruptions) return await work();
  speech.allowInterruptions = false;
  try {
    return await work();
  } finally {
    speech.allowInterruptions = true;
  }
}
