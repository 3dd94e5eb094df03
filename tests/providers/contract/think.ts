import { llm } from '@livekit/agents';
import { type Driver, failuresOf, type Outcome } from './driver.ts';

/** As a conversation has it: one more try, soon. */
const connOptions = { maxRetry: 1, retryIntervalMs: 500, timeoutMs: 8_000 };

/** Asks the row's sentence and collects the answer. */
export const think: Driver<'llm'> = async (service, { row, enough }) => {
  const failures = failuresOf(service);
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: 'You answer the phone of Harbor Pizza.' });
  chatCtx.addMessage({ role: 'user', content: row.sentence });
  const stream = service.chat({ chatCtx, connOptions });
  enough.addEventListener('abort', () => stream.close(), { once: true });
  let text = '';
  let pieces = 0;
  for await (const chunk of stream) {
    pieces += 1;
    text += chunk.delta?.content ?? '';
  }
  await service.aclose();
  return { text, pieces, failures } satisfies Outcome;
};
