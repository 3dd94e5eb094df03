import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { World } from './dispatch-world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.startReplica();
});
afterAll(() => world.close());

describe('a number that is ours', () => {
  test.each([
    { called: '2001', stored: '2001', tenant: 'harbor-pizza' },
    { called: '+39 06 1234-5678', stored: '+390612345678', tenant: 'studio-bianchi' },
    { called: '390612345678', stored: '390612345678', tenant: 'studio-bianchi' },
  ])('$called gets the agent of $tenant, with the tenant in job and room (R1.1 R1.3)', async (expected) => {
    const caller = await world.call({ called: expected.called, caller: '+39061112223' });
    const job = await world.job(caller.room);
    const session = await world.row('sessions', { room: `eq.${caller.room}` });
    expect(job).toEqual({
      v: 1,
      kind: 'call',
      tenant: expected.tenant,
      session_id: session['id'],
      number_id: session['sip_number_id'],
      called_number: expected.stored,
    });
    const [room] = await world.rooms.listRooms([caller.room]);
    expect(JSON.parse(room?.metadata ?? '')).toEqual({ ...job, caller_number: '+39061112223' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    expect(caller.isIn).toBe(true);
    await caller.leave();
  });

  test('every log line of a call carries its Call-ID, room, session, tenant and number, and not the caller (R6.1 R7.3)', async () => {
    const caller = await world.call({ called: '2001', caller: '+39069998887' });
    await world.answer(caller.room);
    await world.logged('call answered', caller.room);
    const [session] = await world.rows('sessions', { room: `eq.${caller.room}` });
    const story = world.log.filter((line) => line['room'] === caller.room && line['level'] !== 'debug');
    expect(story.map((line) => line['msg'])).toEqual([
      'call arrived',
      'call admitted',
      'call placed',
      'agent joined',
      'call answered',
    ]);
    for (const line of story) expect(line).toMatchObject({ call: caller.callId, room: caller.room });
    const known = { session: session?.['id'], tenant: 'harbor-pizza', number: session?.['sip_number_id'] };
    for (const line of story.slice(1)) expect(line).toMatchObject({ ...known, ms: expect.any(Number) });
    expect(JSON.stringify(story)).not.toContain('+39069998887');
    await caller.leave();
  });
});

describe('a number that is not', () => {
  test.each([
    { called: '2999', why: 'an unknown number', reason: 'unknown_number' },
    { called: '2009', why: 'an inactive number', reason: 'number_inactive' },
    { called: '', why: 'an empty To user', reason: 'malformed_number' },
    { called: 'sip:', why: 'a scheme without a user', reason: 'malformed_number' },
    { called: '7'.repeat(230), why: 'the longest To user that still makes a room', reason: 'malformed_number' },
    { called: '../../x', why: 'a path', reason: 'malformed_number' },
    { called: "'; drop table sip_numbers; --", why: 'SQL', reason: 'malformed_number' },
    { called: 'пицца🍕\u0000', why: 'a word in another script with a NUL', reason: 'malformed_number' },
  ])('$why hears busy, no agent is started, and the reason is on record (R1.5)', async ({ called, reason }) => {
    const caller = await world.call({ called });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    const refusal = await world.row('call_refusals', { sip_call_id: `eq.${caller.callId}` });
    expect(refusal).toMatchObject({
      reason,
      room: caller.room.replace('\u0000', '\uFFFD'),
      caller_number: '+39061112223',
    });
    // Before the caller's own track, LiveKit SIP passes the end of the room on only seconds later.
    expect(await world.logged('refused call closed', caller.room)).toMatchObject({ audible: true });
    expect(await world.jobs(caller.room)).toEqual([]);
    expect(await world.rows('sessions', { sip_call_id: `eq.${caller.callId}` })).toEqual([]);
    expect(await world.rows('sip_numbers')).toHaveLength(4);
  });
});

describe('an INVITE that comes again', () => {
  test('is one call when Call-ID and From tag are the same, and its second room is closed (R3.2)', async () => {
    const first = await world.call({ called: '2001' });
    await world.answer(first.room);
    await world.logged('agent joined', first.room);
    const copy = await world.call({ called: '2001', callId: first.callId, fromTag: first.fromTag });
    expect(await copy.putOut()).toBe('ROOM_DELETED');
    expect(await world.jobs(copy.room)).toEqual([]);
    expect(await world.rows('sessions', { sip_call_id: `eq.${first.callId}` })).toHaveLength(1);
    expect(await world.rows('call_refusals', { sip_call_id: `eq.${first.callId}` })).toEqual([]);
    expect(first.isIn).toBe(true);
    await first.leave();
  });

  test('is another call when only the Call-ID is the same (R3.2)', async () => {
    const first = await world.call({ called: '2001' });
    const second = await world.call({ called: '2001', callId: first.callId });
    await Promise.all([world.answer(first.room), world.answer(second.room)]);
    const sessions = await world.rows('sessions', { sip_call_id: `eq.${first.callId}` });
    expect(new Set(sessions.map((session) => session['room']))).toEqual(new Set([first.room, second.room]));
    await Promise.all([first.leave(), second.leave()]);
  });
});

describe('a number whose lines are all in use', () => {
  test('lets the second caller hear busy and the first one talk on (R3.1 R3.4)', async () => {
    const number = { phone_number: 'eq.2002' };
    await world.update('sip_numbers', number, { max_concurrent_calls: 1 });
    const first = await world.call({ called: '2002' });
    await world.answer(first.room);
    const second = await world.call({ called: '2002', caller: '+39063334445' });
    expect(await second.putOut()).toBe('ROOM_DELETED');
    const refusal = await world.row('call_refusals', { sip_call_id: `eq.${second.callId}` });
    expect(refusal).toMatchObject({ reason: 'number_busy', called_number: '2002' });
    expect(first.isIn).toBe(true);
    await world.update('sip_numbers', number, { max_concurrent_calls: 5 });
    await first.leave();
  });
});

describe('a room that is not ours', () => {
  test('is left alone, whoever is in it (R1.1)', async () => {
    const stranger = await world.call({ called: '2001', roomPrefix: 'conference' });
    const witness = await world.call({ called: '2999' });
    expect(await witness.putOut()).toBe('ROOM_DELETED');
    expect(stranger.isIn).toBe(true);
    expect(await world.jobs(stranger.room)).toEqual([]);
    expect(await world.rows('sessions', { sip_call_id: `eq.${stranger.callId}` })).toEqual([]);
    await stranger.leave();
  });
});
