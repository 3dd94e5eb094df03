import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dial, type PhoneCall } from '../../dev/phone/call.ts';
import { placeCall } from '../../dev/phone/phone.ts';
import { answer, ToneAgent } from './agent.ts';
import { loudestTone, makeTone } from './tone.ts';
import { startWorld, type World } from './world.ts';

const caller = '+39061234567';
const telephoneRate = 8_000;
const pitches = [350, 440, 550, 660, 770, 880, 990, 1_100, 1_210, 1_320];
/** Of all the energy: what a clean tone keeps through G.711, Opus and one start and end. */
const clearShare = 0.7;
const enoughSamples = 1.5 * telephoneRate;
const statusDeadline = { timeout: 8_000 };

describe('a call between a telephone and an agent', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ mediaTimeout: '1s' });
  });
  afterAll(async () => {
    await world.close();
  });

  test('caller and agent hear each other, each the other one only (R1.2)', async () => {
    const call = await dial({ target: world.sip, called: '4001', caller });
    const agent = await answer(world.livekit, (await world.caller('4001')).room);
    expect(await call.answered).toMatchObject({ status: 200 });
    const heard = await talk({ call, callerHertz: 440, agent, agentHertz: 990 });
    call.hangUp();
    expect(await call.ended).toBe('caller');
    expect(loudestTone(heard.byCaller, telephoneRate, pitches)).toMatchObject({
      hertz: 990,
      share: expect.toSatisfy(isClear),
    });
    expect(loudestTone(heard.byAgent, telephoneRate, pitches)).toMatchObject({
      hertz: 440,
      share: expect.toSatisfy(isClear),
    });
    await agent.leave();
    await call.close();
  });

  test('keys pressed on either side are heard on the other (R1.7)', async () => {
    const call = await dial({ target: world.sip, called: '4002', caller });
    const agent = await answer(world.livekit, (await world.caller('4002')).room);
    await call.answered;
    await expect.poll(() => agent.statuses, statusDeadline).toContain('active');
    for (const key of '0159*#') call.press(key);
    await expect.poll(() => agent.keys.join(''), statusDeadline).toBe('0159*#');
    await agent.room.localParticipant?.publishDtmf(7, '7');
    await agent.room.localParticipant?.publishDtmf(11, '#');
    await expect.poll(() => call.keysHeard.join(''), statusDeadline).toBe('7#');
    call.hangUp();
    await agent.leave();
    await call.close();
  });

  test('a caller who vanishes without a BYE is known to be gone although its exchange stays silent (R3.5)', async () => {
    const call = await dial({ target: world.sip, called: '4003', caller });
    const agent = await answer(world.livekit, (await world.caller('4003')).room);
    await call.answered;
    await expect.poll(() => agent.statuses, statusDeadline).toContain('active');
    await call.close();
    await expect.poll(() => agent.statuses, statusDeadline).toEqual(['active', 'hangup']);
    await agent.leave();
  });

  test('an agent that has joined but not published leaves the caller ringing (R1.2)', async () => {
    const calling = placeCall({ target: world.sip, called: '4004', caller, cancelAfterMs: 1_500 });
    const agent = new ToneAgent();
    await agent.join(world.livekit, (await world.caller('4004')).room);
    expect(await calling).toMatchObject({ final: { status: 487 }, endedBy: 'refused' });
    await agent.leave();
  });

  test('ten callers at once each hear their own agent and nobody else (R1.6)', async () => {
    const calls = pitches.map(async (agentHertz, i) => {
      const called = `41${i}`;
      const callerHertz = pitches[(i + 1) % pitches.length] ?? 0;
      const call = await dial({ target: world.sip, called, caller: `50${i}` });
      const agent = await answer(world.livekit, (await world.caller(called)).room);
      const { status } = await call.answered;
      const heard = await talk({ call, callerHertz, agent, agentHertz });
      call.hangUp();
      await agent.leave();
      await call.close();
      return {
        status,
        byCaller: loudestTone(heard.byCaller, telephoneRate, pitches).hertz,
        byAgent: loudestTone(heard.byAgent, telephoneRate, pitches).hertz,
      };
    });
    expect(await Promise.all(calls)).toEqual(
      pitches.map((hertz, i) => ({ status: 200, byCaller: hertz, byAgent: pitches[(i + 1) % pitches.length] })),
    );
  });
});

interface Talk {
  readonly call: PhoneCall;
  readonly callerHertz: number;
  readonly agent: ToneAgent;
  readonly agentHertz: number;
}

/**
 * Both sound their tone until both have heard enough. The line answers when the agent's track is published, and on a busy
 * machine the way of its sound opens seconds later: what was played before that is lost.
 */
async function talk({ call, callerHertz, agent, agentHertz }: Talk) {
  const callersTone = makeTone({ hertz: callerHertz, sampleRate: telephoneRate, seconds: 2 });
  for (;;) {
    const [byCaller, byAgent] = [audible(call.ear.recording().samples), audible(agent.heard())];
    if (byCaller.length > enoughSamples && byAgent.length > enoughSamples) return { byCaller, byAgent };
    if (!call.isSpeaking) call.say(callersTone);
    await agent.play(agentHertz, 1);
  }
}

const isClear = (share: number): boolean => share > clearShare;

/** Without the silence before, between and after. */
function audible(samples: Int16Array): Int16Array {
  const loud = 500;
  const first = samples.findIndex((sample) => Math.abs(sample) > loud);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > loud);
  return first === -1 ? new Int16Array(0) : samples.slice(first, last + 1);
}
