/** Opens a line, sends a quarter of a second of silence and hangs up: that shows key, model and language. */
import { APIStatusError } from '@livekit/agents';
import type { WebSocket } from 'ws';
import { judge, probeSignal, unreached } from './probe.ts';
import { type Probe, probeDeadlineMs } from './provider.ts';
import { interrupted, openLine, textOf } from './recognition-line.ts';
import type { RecognitionProtocol } from './recognition-protocol.ts';

const silenceMs = 250;

export async function probeRecognition(protocol: RecognitionProtocol): Promise<Probe> {
  const { title, model } = protocol;
  const begunMs = performance.now();
  const took = () => Math.round(performance.now() - begunMs);
  const signal = probeSignal();
  try {
    await heard(protocol, await openLine(protocol, signal), signal);
    return { outcome: 'works', tookMs: took() };
  } catch (thrown) {
    if (signal.aborted)
      return { outcome: 'unreachable', sentence: `${title} says nothing for ${probeDeadlineMs} ms.`, tookMs: took() };
    if (!(thrown instanceof APIStatusError)) return { ...unreached(title, thrown), tookMs: took() };
    return { ...judge(title, model, thrown.statusCode, JSON.stringify(thrown.body)), tookMs: took() };
  }
}

/** Resolves when the provider has taken everything and closed the line. @throws APIError */
function heard(protocol: RecognitionProtocol, line: WebSocket, signal: AbortSignal): Promise<void> {
  const read = protocol.reader();
  return new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(interrupted(protocol, 'it says nothing')), { once: true });
    line.on('error', (error) => reject(interrupted(protocol, error.message)));
    line.on('close', () => resolve());
    line.on('message', (data, isBinary) => {
      try {
        if (!isBinary) read(textOf(data));
      } catch (thrown) {
        reject(thrown);
      }
    });
    if (protocol.opening !== undefined) line.send(protocol.opening);
    line.send(Buffer.alloc((protocol.sampleRateHz / 1_000) * silenceMs * 2));
    line.send(protocol.farewell);
    line.resume();
  }).finally(() => line.terminate());
}
