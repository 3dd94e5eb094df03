import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dial } from '../../dev/phone/call.ts';
import { placeCall } from '../../dev/phone/phone.ts';
import { answer, ToneAgent } from './agent.ts';
import { loudestTone, makeTone } from './tone.ts';
import { startWorld, type World } from './world.ts';

const caller = '+39061234567';
const telephoneRate = 8_000;
const pitches = [350, 440, 550, 660, 770, 880, 990, 1_100, 1_210, 1_320];
/** Of all the energy: what a clean tone keeps through G.711, Opus and one start and end. */
const clearShare = 0.7;
/** Two seconds of tone, less what is cut off at either end. */
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
    const say = [{ samples: makeTone({ hertz: 440, sampleRate: telephoneRate, seconds: 2 }), atMs: 300 }];
    const calling = placeCall({ target: world.sip, called: '4001', caller, say, hangUpAfterMs: 3_500 });
    const agent = await answer(world.livekit, (await world.caller('4001')).room);
    await agent.play(990, 2);
    const result = await calling;
    expect(result).toMatchObject({ final: { status: 200 }, endedBy: 'caller' });
    const [atCaller, atAgent] = [audible(result.heard.samples), audible(agent.heard())];
    expect(atCaller.length).toBeGreaterThan(enoughSamples);
    expect(atAgent.length).toBeGreaterThan(enoughSamples);
    expect(loudestTone(atCaller, telephoneRate, pitches)).toMatchObject({
      hertz: 990,
      share: expect.toSatisfy(isClear),
    });
    expect(loudestTone(atAgent, telephoneRate, pitches)).toMatchObject({
      hertz: 440,
      share: expect.toSatisfy(isClear),
    });
    await agent.leave();
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
    const calls = pitches.map(async (hertz, i) => {
      const called = `41${i}`;
      const calling = placeCall({ target: world.sip, called, caller: `50${i}`, hangUpAfterMs: 4_000 });
      const agent = await answer(world.livekit, (await world.caller(called)).room);
      await agent.play(hertz, 2);
      const { final, heard } = await calling;
      await agent.leave();
      return { status: final?.status, hertz: loudestTone(audible(heard.samples), telephoneRate, pitches).hertz };
    });
    expect(await Promise.all(calls)).toEqual(pitches.map((hertz) => ({ status: 200, hertz })));
  });
});

const isClear = (share: number): boolean => share > clearShare;

/** Without the silence before, between and after. */
function audible(samples: Int16Array): Int16Array {
  const loud = 500;
  const first = samples.findIndex((sample) => Math.abs(sample) > loud);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > loud);
  return first === -1 ? new Int16Array(0) : samples.slice(first, last + 1);
}
