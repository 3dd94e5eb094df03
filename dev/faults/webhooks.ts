/** Webhooks that are lost, come twice, or in another order. */

import type { Posted, Relay } from '../stack/webhook-relay.ts';
import { cafe } from './businesses.ts';
import type { Fault, Outcome } from './fault.ts';
import { outcomeOf } from './ringing.ts';
import type { World } from './world.ts';

/** How long events are held back to be passed on in reverse. */
const heldMs = 600;

export const webhookLost: Fault = {
  name: 'webhook-lost',
  sentence: 'Every webhook of a call is lost',
  bound: { what: 'the caller is answered', ms: 10_000 },
  run: (world) => withRoute(world, () => async () => undefined),
};

export const webhookTwice: Fault = {
  name: 'webhook-twice',
  sentence: 'Every webhook comes twice, to every replica',
  bound: { what: 'the caller is answered, once', ms: 4_000 },
  run: (world) =>
    withRoute(world, (relay) => async (posted) => {
      await Promise.all([relay.pass(posted), relay.pass(posted)]);
    }),
};

export const webhookDisorder: Fault = {
  name: 'webhook-disorder',
  sentence: 'Webhooks come late and in reverse order',
  bound: { what: 'the caller is answered', ms: 5_000 },
  run: (world) => withRoute(world, (relay) => reversed(relay)),
};

type Route = (posted: Posted) => Promise<void>;

async function withRoute(world: World, route: (relay: Relay) => Route): Promise<Outcome> {
  await using load = await world.load(3);
  const live = load.live.length + 1;
  const { relay } = world;
  const changed = route(relay);
  relay.route = async (posted) => {
    const ofCafe = posted.event.room?.name.startsWith(`call_${cafe.called}_`);
    await (ofCafe ? changed(posted) : relay.pass(posted));
  };
  try {
    await using caller = await world.dial(cafe);
    const wait = await outcomeOf(caller);
    if (caller.isLive) await caller.phone.untilQuiet();
    const answerMs = caller.isLive ? await caller.ask() : null;
    const sessions = await world.rows.read('sessions', { sip_call_id: caller.phone.callId });
    const heard = await world.heardBy(caller, [cafe.greeting, cafe.answer]);
    const greetings = heard.filter((text) => text === cafe.greeting.text);
    return {
      live,
      lost: load.cut.length + (answerMs === null ? 1 : 0),
      recoveryMs: wait.outcome === 'greeted' ? wait.ms : null,
      heard: wait.heard,
      problems: [
        ...(sessions.length === 1 ? [] : [`${sessions.length} sessions were opened`]),
        ...(greetings.length === 1 ? [] : [`${greetings.length} greetings were heard`]),
      ],
    };
  } finally {
    relay.route = undefined;
  }
}

/** Keeps what comes for a moment and passes it on with the last one first. */
function reversed(relay: Relay): Route {
  let held: Posted[] = [];
  return async (posted) => {
    held.push(posted);
    if (held.length > 1) return;
    setTimeout(() => {
      const late = held.toReversed();
      held = [];
      void late.reduce((before, each) => before.then(() => relay.pass(each).then(() => undefined)), Promise.resolve());
    }, heldMs);
  };
}
