import { SipCallError, SipClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerValues } from '../../dev/line/message.ts';
import { type Dial, dial, type PhoneCall } from '../../dev/phone/call.ts';
import type { ReferBehaviour } from '../../dev/phone/exchange.ts';
import { scenarioOf, sipp } from '../support/sipp.ts';
import { answer, type ToneAgent } from './agent.ts';
import { targetName } from './target.ts';
import { loudestTone } from './tone.ts';
import { type CallerInRoom, startWorld, type World } from './world.ts';

const person = 'sip:2001@pbx.example.com';
const telephoneRate = 8_000;
const callDeadline = { timeout: 8_000 };

const fail = (status: number, reason: string) => ({ does: 'fail', status, reason }) as const;
const refuse = (status: number, reason: string): ReferBehaviour => ({ does: 'refuse', status, reason });

describe(`a caller whom ${targetName} is asked to put through`, () => {
  let world: World;
  let sip: SipClient;
  beforeAll(async () => {
    world = await startWorld({}, { transfers: true });
    sip = new SipClient(world.livekit.httpUrl, world.livekit.apiKey, world.livekit.apiSecret);
  });
  afterAll(async () => {
    await world.close();
  });

  interface Talk {
    readonly call: PhoneCall;
    readonly agent: ToneAgent;
    readonly caller: CallerInRoom;
  }

  async function talk(called: string, further: Partial<Dial>, meanwhile: (talk: Talk) => Promise<void>): Promise<void> {
    const call = await dial({ target: world.sip, called, caller: '+39061234567', ...further });
    const caller = await world.caller(called);
    const agent = await answer(world.livekit, caller.room);
    try {
      await call.answered;
      await expect.poll(() => agent.statuses, callDeadline).toContain('active');
      await meanwhile({ call, agent, caller });
    } finally {
      call.hangUp();
      await agent.leave();
      await call.close();
    }
  }

  const transfer = ({ room, identity }: CallerInRoom, to: string, options = {}): Promise<void> =>
    sip.transferSipParticipant(room, identity, to, { ringingTimeout: 10, ...options });

  const failing = (transferring: Promise<void>): Promise<unknown> => transferring.then(() => 'put through', String);

  test('reaches the person the exchange connects, and our side hangs up (R4.3)', async () => {
    await talk('7001', {}, async ({ call, caller }) => {
      await transfer(caller, person, { headers: { 'X-Reason': 'billing' } });
      expect(await call.ended).toBe('called');
      expect(call.refers).toHaveLength(1);
      const { headers } = call.refers[0]?.request ?? { headers: [] };
      expect(headerValues(headers, 'refer-to')).toEqual([`<${person}>`]);
      expect(headerValues(headers, 'x-reason')).toEqual(['billing']);
      expect(headerValues(headers, 'contact')[0]).toContain('127.0.0.1');
      const left = await world.event('participant_left', caller.room, caller.identity);
      expect(left.participant?.attributes['sip.callStatus']).toBe('hangup');
    });
  });

  test('may be put through to a plain telephone number (R4.3)', async () => {
    await talk('7002', {}, async ({ call, caller }) => {
      await transfer(caller, 'tel:+390612345678');
      expect(call.refers.map(({ target }) => target)).toEqual(['tel:+390612345678']);
    });
  });

  test('counts as put through when the exchange takes the call over and hangs up by itself (R4.3)', async () => {
    await talk('7003', { onRefer: () => ({ does: 'take over' }) }, async ({ call, caller }) => {
      await transfer(caller, person);
      expect(await call.ended).toBe('caller');
    });
  });

  test.each<[string, string, ReferBehaviour, { code: string | RegExp; sip?: string }]>([
    ['is busy', '7011', fail(486, 'Busy Here'), { code: 'resource_exhausted', sip: '486' }],
    ['is away', '7012', fail(480, 'No Answer'), { code: 'resource_exhausted', sip: '480' }],
    ['does not answer', '7013', fail(408, 'Timeout'), { code: 'deadline_exceeded', sip: '408' }],
    ['declines', '7014', fail(603, 'Decline'), { code: 'permission_denied', sip: '603' }],
    ['may not be called', '7015', refuse(403, 'Forbidden'), { code: 'permission_denied', sip: '403' }],
    ['cannot be called by REFER', '7016', refuse(405, ''), { code: 'invalid_argument', sip: '405' }],
    // The server and the line stop waiting at the same moment, and either may be the first to say so.
    ['lets it ring for too long', '7017', { does: 'ring for ever' }, { code: /^(deadline_exceeded|canceled)$/ }],
  ])('is still with the agent when the person %s, and the agent learns why (R4.3)', async (...row) => {
    const [, called, behaviour, told] = row;
    await talk(called, { onRefer: () => behaviour }, async ({ call, agent, caller }) => {
      const error = await transfer(caller, person, { ringingTimeout: 2 }).catch((thrown: unknown) => thrown);
      const sipStatus = error instanceof SipCallError ? error.metadata?.sip_status_code : undefined;
      expect({ error, sipStatus }).toMatchObject({
        error: { code: expect.stringMatching(told.code) },
        sipStatus: told.sip,
      });
      const before = call.ear.recording().samples.length;
      await agent.play(990, 1);
      const after = call.ear.recording().samples.subarray(before);
      expect(loudestTone(after, telephoneRate, [425, 990]).hertz).toBe(990);
    });
  });

  test('hears ringing in place of the agent while the other telephone rings, then the agent again (R4.3)', async () => {
    const onRefer = (): ReferBehaviour => ({ ...fail(486, 'Busy Here'), ringMs: 1_500 });
    await talk('7004', { onRefer }, async ({ call, agent, caller }) => {
      const before = call.ear.recording().samples.length;
      const transferring = failing(transfer(caller, person, { playDialtone: true }));
      await agent.play(990, 1);
      const during = call.ear.recording().samples.subarray(before + telephoneRate / 5);
      expect(loudestTone(during, telephoneRate, [425, 990]).hertz).toBe(425);
      expect(await transferring).toContain('486');
      const later = call.ear.recording().samples.length;
      await agent.play(990, 1);
      expect(loudestTone(call.ear.recording().samples.subarray(later), telephoneRate, [425, 990]).hertz).toBe(990);
    });
  });

  test('is asked for once although the request comes twice, and not for two people at once (R4.3)', async () => {
    await talk('7005', { onRefer: () => ({ does: 'connect', ringMs: 1_000 }) }, async ({ call, caller }) => {
      const first = transfer(caller, person);
      await expect.poll(() => call.refers.length, callDeadline).toBe(1);
      const [again, elsewhere] = [transfer(caller, person), failing(transfer(caller, 'sip:2002@pbx.example.com'))];
      expect(await elsewhere).toContain('call already being transferred elsewhere');
      await Promise.all([first, again]);
      expect(call.refers).toHaveLength(1);
    });
  });

  test('stays on the line of an exchange that reports busy in its own words (R4.3)', async () => {
    const scenario = scenarioOf('line', 'uac-refer-busy-expect-call-goes-on');
    const calling = sipp({ scenario, called: '7008', sipPort: world.target.sipPort });
    const caller = await world.caller('7008');
    const agent = await answer(world.livekit, caller.room);
    await expect.poll(() => agent.statuses, callDeadline).toContain('active');
    expect(await failing(transfer(caller, person))).toContain('486 Busy Here');
    await calling;
    await agent.leave();
  });

  test('cannot be put through before the call is answered (R4.3)', async () => {
    const call = await dial({ target: world.sip, called: '7006', caller: '+39061234567' });
    const caller = await world.caller('7006');
    const error = await transfer(caller, person).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'failed_precondition' });
    call.cancel();
    await call.ended;
    await call.close();
  });
});
