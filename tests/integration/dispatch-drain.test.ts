/** How dispatch stops: the program in a process of its own, told by signals, in front of a real livekit-server. */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../dev/stack/ports.ts';
import type { StackProcess } from '../../dev/stack/process.ts';
import { startDispatch } from '../../dev/stack/services.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { World } from './dispatch-world.ts';

const logDeadlineMs = 20_000;
const runDir = mkdtempSync(join(tmpdir(), 'switchboard-drain-'));
let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(async () => {
  await world.close();
  rmSync(runDir, { recursive: true });
});

describe('dispatch that is told to stop', () => {
  test('decides what it began, has LiveKit bring new calls again to another replica, and goes (R6.3)', async () => {
    const [going, staying] = [await startReplica('going'), await startReplica('staying')];
    try {
      // As a load balancer does it that asks /readyz now and then: who says 503 is not asked the next time.
      let target = going;
      world.relay.route = async (posted) => {
        const asked = target;
        const statuses = await world.relay.pass(posted, [asked.url]);
        if (statuses[0] === 200) return;
        target = staying;
        throw new Error(`${asked.url} answered ${statuses[0]}`);
      };
      const first = await world.call({ called: '2001' });
      await going.process.logged('call placed', logDeadlineMs);

      going.process.signal('SIGTERM');
      await going.process.logged('stopping', logDeadlineMs);
      const readiness = await fetch(`${going.url}/readyz`);
      expect([readiness.status, await readiness.json()]).toEqual([503, { stopping: true, deciding: 1 }]);

      const second = await world.call({ called: '2002' });
      await world.posted('participant_joined', second.room);
      const agent = await world.answer(first.room);
      expect(await going.process.exited).toBe('exit code 0');
      expect(has(going, 'call answered', first.room)).toBe(true);

      await staying.process.until('the second call to come again', logDeadlineMs, () =>
        has(staying, 'call placed', second.room),
      );
      expect(has(going, 'call arrived', second.room)).toBe(false);
      const told = world.relay.posted.filter(({ event }) => event.room?.name === second.room);
      expect(told.length).toBeGreaterThan(new Set(told.map(({ event }) => event.id)).size);

      const other = await world.answer(second.room);
      await staying.process.until('the second call to be answered', logDeadlineMs, () =>
        has(staying, 'call answered', second.room),
      );
      expect([first.isIn, second.isIn]).toEqual([true, true]);
      await Promise.all([first, second, agent, other].map((one) => one.leave()));
    } finally {
      world.relay.route = undefined;
      await Promise.all([going.process.close(), staying.process.close()]);
    }
  });

  test('goes at once when it is told twice, and another replica takes up the call that it was deciding (R6.3)', async () => {
    const [going, staying] = [await startReplica('going'), await startReplica('staying')];
    try {
      world.relay.targets = [going.url];
      const caller = await world.call({ called: '2001' });
      await going.process.logged('call placed', logDeadlineMs);
      world.relay.targets = [staying.url];
      going.process.signal('SIGTERM');
      await going.process.logged('stopping', logDeadlineMs);
      going.process.signal('SIGTERM');
      expect(await going.process.exited).toContain('SIGKILL');
      await staying.process.until('the call to be placed again', logDeadlineMs, () =>
        has(staying, 'call placed', caller.room),
      );
      const agent = await world.answer(caller.room);
      await staying.process.until('the call to be answered', logDeadlineMs, () =>
        has(staying, 'call answered', caller.room),
      );
      await Promise.all([caller.leave(), agent.leave()]);
    } finally {
      world.relay.targets = [];
      await Promise.all([going.process.close(), staying.process.close()]);
    }
  });

  test('answers the requests of agents that it has begun to answer (R6.3)', async () => {
    const gate = new EventEmitter();
    const [atWork, opened] = [once(gate, 'reached'), once(gate, 'open')];
    const routes = new Hono().get('/slow', async (context) => {
      gate.emit('reached');
      await opened;
      return context.text('done');
    });
    const replica = await world.startReplica({ routes });
    const answer = fetch(`${replica.url}/slow`);
    await atWork;
    const closed = replica.close();
    await waitFor(async () => (await readyz(replica.url)) === 503, { what: 'the stop', deadlineMs: 5_000 });
    gate.emit('open');
    const response = await answer;
    expect([response.status, await response.text(), response.headers.get('connection')]).toEqual([
      200,
      'done',
      'close',
    ]);
    await closed;
    expect(await readyz(replica.url)).toBe('nobody listens');
  });
});

interface Replica {
  readonly url: string;
  readonly process: StackProcess;
}

async function startReplica(name: string): Promise<Replica> {
  const port = await freePort();
  const { livekit, supabase: database } = world;
  const process = await startDispatch({ runDir, code: 'source', livekit, database, port, name });
  return { url: `http://127.0.0.1:${port}`, process };
}

function has({ process }: Replica, message: string, room: string): boolean {
  return process.lines().some((line) => line['msg'] === message && line['room'] === room);
}

async function readyz(url: string): Promise<number | 'nobody listens'> {
  try {
    return (await fetch(`${url}/readyz`)).status;
  } catch (thrown) {
    if (thrown instanceof TypeError) return 'nobody listens';
    throw thrown;
  }
}
