import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProbePoller, type Prober } from '../../../agent/probe-poller.ts';
import { poolNameSchema } from '../../../shared/ids.ts';

const pool = poolNameSchema.parse('switchboard');
let waiting: unknown[];
let asked: unknown[];
let handed: unknown[];
let prober: Prober | undefined;
let poller: ProbePoller;

beforeEach(() => {
  vi.useFakeTimers();
  [waiting, asked, handed] = [[], [], []];
  prober = { worker: 'shard-1', probe: (written) => handed.push(written) };
  const rows = async (name: string, args: object) => {
    asked.push([name, args]);
    return waiting.splice(0, 1) as never[];
  };
  poller = new ProbePoller({ database: { rows }, pool, log: pino({ level: 'silent' }), prober: () => prober });
});
afterEach(() => {
  poller.close();
  vi.useRealTimers();
});

describe('a host', () => {
  test('takes what its tenants want tried, under the name of the shard that does it (R2.8)', async () => {
    waiting.push({ id: 'a' }, { id: 'b' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(handed).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(asked[0]).toEqual(['take_probe', { p_worker: 'shard-1', p_pool: pool }]);
  });

  test('without a shard that is up takes nothing: another host may (R2.8)', async () => {
    prober = undefined;
    asked = [];
    waiting.push({ id: 'a' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect([asked, handed]).toEqual([[], []]);
  });
});
