/** What goes wrong from time to time while people call. */
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../faults/world.ts';
import type { Chance } from './random.ts';

interface Mishap {
  readonly name: string;
  run(world: World, chance: Chance): Promise<void>;
}

export const mishaps: readonly Mishap[] = [
  {
    name: 'a shard is killed',
    async run(world, chance) {
      const shards = world.hosts.flatMap((host) => host.shards());
      if (shards.length > 0) process.kill(chance.pick(shards).pid, 'SIGKILL');
    },
  },
  {
    name: 'a replica of dispatch is killed and started again',
    async run(world, chance) {
      const { part } = chance.pick(world.stack.fleet.dispatches);
      await part.kill();
      await part.revive();
    },
  },
  {
    name: 'a host is gone and comes back',
    async run(world, chance) {
      const { part } = chance.pick(world.hosts);
      await part.kill();
      await part.revive();
    },
  },
  {
    name: 'a host is restarted',
    async run(world, chance) {
      const { part } = chance.pick(world.hosts);
      part.process.signal('SIGTERM');
      await part.process.exited;
      await part.revive();
    },
  },
  {
    name: 'the database is away',
    async run(world, chance) {
      world.stack.supabase?.freeze();
      try {
        await delay(chance.between(2_000, 20_000));
      } finally {
        world.stack.supabase?.thaw();
      }
    },
  },
  {
    name: 'webhooks are lost',
    async run(world, chance) {
      world.relay.route = async () => undefined;
      try {
        await delay(chance.between(1_000, 8_000));
      } finally {
        world.relay.route = undefined;
      }
    },
  },
];
