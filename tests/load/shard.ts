/**
 * Prints what one shard costs and how fast it answers: `npm run build && npx tsx tests/load/shard.ts [calls]`. Callers,
 * livekit-server and stand-ins run on the same machine, so read the times beside the load average. Not part of `npm test`.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { dispose } from '@livekit/rtc-node';
import { readPssMb } from '../../agent/pool.ts';
import { startAgentWorld } from '../integration/agent-world.ts';

const calls = Number(process.argv[2] ?? 8);
const apartMs = 300;
const settlingMs = 4_000;

const world = await startAgentWorld({ code: 'built' });
try {
  const [shard = 0] = world.shardPids();
  await pause(settlingMs);
  const idleMb = readPssMb(shard);
  const placed = [];
  for (let call = 0; call < calls; call++) {
    placed.push(await world.dial(call % 2 === 0 ? '2001' : '+390612345678'));
    await pause(apartMs);
  }
  await Promise.all(placed.map(({ caller }) => caller.untilHeard(500)));
  await pause(settlingMs);
  const busyMb = readPssMb(shard);
  await Promise.all(placed.map(({ caller }) => caller.hangUp()));
  const timings = await Promise.all(placed.map(async ({ session }) => (await world.settled(session)).timings));
  const of = (name: string) => timings.map((each) => each[name] ?? Number.NaN).sort((a, b) => a - b);
  const offeredToPublishedMs = of('published');
  process.stdout.write(
    `${JSON.stringify({
      calls,
      idleMb,
      perCallMb: Math.round(((busyMb - idleMb) / calls) * 10) / 10,
      afterMb: readPssMb(shard),
      offeredToPublishedMs: { first: timings[0]?.['published'], all: offeredToPublishedMs },
      offeredToGreetingMs: of('greeting_began'),
      joinedMs: of('joined'),
      loadAverage: loadavg()[0],
    })}\n`,
  );
} finally {
  await world.close();
  // A process that has used the native library does not end by itself.
  await dispose();
}
