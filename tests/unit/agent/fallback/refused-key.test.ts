import { APIStatusError, llm } from '@livekit/agents';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { FallbackLLM } from '../../../../agent/fallback/llm.ts';
import { Succession } from '../../../../agent/fallback/succession.ts';
import type { Provable } from '../../../../agent/providers/provider.ts';

class Model extends llm.LLM implements Provable {
  readonly prove = vi.fn<(signal: AbortSignal) => Promise<void>>();

  label(): string {
    return 'model';
  }

  chat(): never {
    throw new Error('nobody asked it anything');
  }
}

function modelThatSays(statusCode: number, message: string): Model {
  const model = new Model();
  model.prove.mockRejectedValue(new APIStatusError({ message, options: { statusCode, body: {} } }));
  return model;
}

function callWith(...models: Model[]) {
  const told: string[] = [];
  const candidates = models.map((service, at) => ({ provider: `p${at}`, model: `m${at}`, service }));
  const watch = {
    log: pino({ level: 'silent' }),
    providerFailed: (provider: string, _cause: Error, left: string) => void told.push(`${provider} ${left}`),
  };
  return { told, model: new FallbackLLM(new Succession('llm', candidates, watch), models) };
}

describe('a model that is warmed before the first question', () => {
  test('and refuses the key is told of while nobody has asked anything yet (R3.6)', async () => {
    const refusing = modelThatSays(401, 'Incorrect API key provided');
    const { told, model } = callWith(refusing);
    model.prewarm();
    await vi.waitFor(() => expect(told).toEqual(['p0 nobody']));
    model.prewarm();
    expect(refusing.prove).toHaveBeenCalledOnce();
  });

  test('and refuses the key gives way to the one behind it (R3.6, R4.2)', async () => {
    const { told, model } = callWith(modelThatSays(401, 'Incorrect API key provided'), new Model());
    model.prewarm();
    await vi.waitFor(() => expect(told).toEqual(['p0 others']));
    expect(model.model).toBe('m1');
  });

  test.each([
    [
      'takes a key that may do nothing but answer',
      403,
      'You have insufficient permissions: missing scopes: model.read',
    ],
    ['does not know the question', 404, 'Not Found'],
    ['is out of order for a moment', 503, 'Service Unavailable'],
  ])('and %s is used as if it had not been asked (R3.6)', async (_how, status, message) => {
    const asked = modelThatSays(status, message);
    const { told, model } = callWith(asked);
    model.prewarm();
    await expect(asked.prove.mock.results[0]?.value).rejects.toThrow(message);
    expect([told, model.model]).toEqual([[], 'm0']);
  });
});
