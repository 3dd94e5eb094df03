/** What strangers, old exchanges and mistyped configurations send: each gets an answer and a reason, and harms nobody. */
import { describe, expect, test } from 'vitest';
import { Telephone } from '../../dev/phone/telephone.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { parseKeyRing, sealProviderKey } from '../../shared/provider-keys.ts';
import { scenarioOf, sipp } from '../support/sipp.ts';
import { useStack } from '../support/stack.ts';
import { line } from './logs.ts';
import { changed, RawCaller } from './raw-caller.ts';

const platform = useStack({ shards: 1 });
const caller = '+441632960150';
const apology = 'Mi dispiace, abbiamo un problema tecnico. La prego di richiamare tra qualche minuto.';
/** The record of a call that its business could not serve. */
const apologised = {
  tenant: 'studio-bianchi',
  endReason: 'provider_failed',
  transcript: expect.arrayContaining([{ role: 'agent', text: apology }]),
};

describe('a caller who dials', () => {
  test.each([
    ['nothing', ''],
    ['a path', '../../x'],
    ['a piece of SQL', "'; drop table sip_numbers; --"],
    ['a scheme', 'sip:'],
    ['another script', '日本語ñ'],
    ['a name', 'anonymous'],
  ])('%s hears busy, and the refusal is on record (R1.1, R1.5)', async (_what, called) => {
    const { stack, records } = platform();
    await using phone = await Telephone.dial(stack.sip, called, caller);
    expect(await phone.answer()).toBe(486);
    expect(await records.of(phone.callId)).toEqual({ outcome: 'refused', reason: 'malformed_number' });
    const [refusal] = await new Rows(stack.database).read('call_refusals', { sip_call_id: phone.callId });
    expect(refusal).toMatchObject({ called_number: called, session_id: null, organization_id: null });
  });

  test('300 characters hears busy from the line itself, and the platform is not troubled (R1.1)', async () => {
    const { stack } = platform();
    await using phone = await Telephone.dial(stack.sip, '9'.repeat(300), caller);
    expect(await phone.answer()).toBe(486);
    expect(await tracesOf(phone.callId)).toEqual([]);
  });

  test('200 characters hears busy, and 64 of them are on record (R1.1, R1.5)', async () => {
    const { stack, records } = platform();
    await using phone = await Telephone.dial(stack.sip, '9'.repeat(200), caller);
    expect(await phone.answer()).toBe(486);
    expect(await records.of(phone.callId)).toEqual({ outcome: 'refused', reason: 'malformed_number' });
    const [refusal] = await new Rows(stack.database).read('call_refusals', { sip_call_id: phone.callId });
    expect(refusal?.['called_number']).toBe('9'.repeat(64));
  });
});

describe('an exchange that sends', () => {
  test.each([
    ['no description of its media', 'uac-no-sdp-expect-400'],
    ['no codec that we speak', 'uac-no-common-codec-expect-400'],
  ])('%s is told so, and no call is opened (R1.2)', async (_what, scenario) => {
    const { stack } = platform();
    const callId = `${scenario}@strange`;
    await sipp({ scenario: scenarioOf('line', scenario), sipPort: stack.sip.port, called: '2001', callId });
    expect(await tracesOf(callId)).toEqual([]);
  });

  test('the same INVITE twice has one call (R1.2)', async () => {
    const { stack } = platform();
    await using caller = await RawCaller.open(stack.sip, '2001', '+441632960151');
    const { invite, ack, bye, callId } = caller.outgoing;
    caller.send(invite);
    caller.send(invite);
    const [answer] = await caller.answers(1);
    if (answer === undefined) throw new Error('no answer');
    expect(answer.status).toBe(200);
    caller.send(ack(answer));
    await answersOnRecord(callId, 1);
    caller.send(bye(answer));
    expect(await platform().records.of(callId)).toMatchObject({ endReason: 'caller_hung_up' });
    expect(await tracesOf(callId)).toEqual(['caller_hung_up']);
    expect(await caller.answers(1)).toHaveLength(1);
  });

  test('one INVITE by two ways has one call answered, and the other copy hears busy (R1.2, R3.2)', async () => {
    const { stack } = platform();
    await using caller = await RawCaller.open(stack.sip, '2001', '+441632960152');
    const one = caller.outgoing;
    const other = changed(one, /;branch=z9hG4bK/, ';branch=z9hG4bKother');
    caller.send(one.invite);
    caller.send(other.invite);
    const answers = await caller.answers(2);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 486]);
    await answersOnRecord(one.callId, 1);
    for (const answer of answers) {
      const copy = answer.vias[0]?.params.get('branch')?.startsWith('z9hG4bKother') ? other : one;
      caller.send(copy.ack(answer));
      if (answer.status === 200) caller.send(copy.bye(answer));
    }
    expect(await platform().records.of(one.callId)).toMatchObject({ endReason: 'caller_hung_up' });
    expect(await tracesOf(one.callId)).toEqual(['caller_hung_up']);
  });

  test('two calls under one Call-ID has both of them answered (R1.2)', async () => {
    const { stack } = platform();
    await using caller = await RawCaller.open(stack.sip, '2001', '+441632960153');
    const one = caller.outgoing;
    const other = changed(changed(one, /;branch=z9hG4bK/, ';branch=z9hG4bKother'), /(From: .*;tag=)/, '$1other');
    caller.send(one.invite);
    caller.send(other.invite);
    const answers = await caller.answers(2);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await answersOnRecord(one.callId, 2);
    for (const answer of answers) {
      const dialog = answer.from.params.get('tag')?.startsWith('other') ? other : one;
      caller.send(dialog.ack(answer));
      caller.send(dialog.bye(answer));
    }
    await expect.poll(() => tracesOf(one.callId), { timeout: 20_000 }).toEqual(['caller_hung_up', 'caller_hung_up']);
  });
});

describe('a tenant who has written', () => {
  test('a broken configuration is called in vain, and the log names the field and who wrote it (R2.2, R1.5)', async () => {
    const { stack, records } = platform();
    const rows = new Rows(stack.database);
    const [pizza] = await rows.read('organizations', { slug: 'harbor-pizza' });
    const config_override = { greeting: { text: 42, colour: 'red' } };
    const number = { phone_number: '2091', label: 'new', organization_id: pizza?.['id'], config_override };
    await rows.add('sip_numbers', number);
    await using phone = await Telephone.dial(stack.sip, '2091', caller);
    expect(await phone.answer()).toBe(486);
    expect(await records.of(phone.callId)).toEqual({ outcome: 'refused', reason: 'config_invalid' });
    const refused = await line(stack, 'agent', 'the refusal', ({ call, reason }) => call === phone.callId && !!reason);
    expect(refused).toMatchObject({ reason: 'config_invalid', tenant: 'harbor-pizza' });
    expect(refused['problems']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'greeting.text', layer: 'number' }),
        expect.objectContaining({ path: 'greeting.colour', layer: 'number', message: 'no such setting' }),
      ]),
    );
  });

  /** Whether the line is open by the time the provider has said no is a matter of milliseconds. */
  test('a wrong key for what hears has its callers hear busy or the apology, and the reason is on record (R4.2)', async () => {
    const { stack, records } = platform();
    await setKey('studio-bianchi', 'soniox', 'not-a-key');
    await using phone = await Telephone.dial(stack.sip, '+390612345678', caller);
    const status = await phone.answer();
    await phone.ended();
    const record = await records.of(phone.callId);
    if (status === 486) expect(record).toEqual({ outcome: 'refused', reason: 'provider_unusable' });
    else {
      expect(phone.call.ear.firstSoundMs).toBeDefined();
      expect(record).toMatchObject(apologised);
    }
    await setKey('studio-bianchi', 'soniox', 'dev-soniox-studio-bianchi');
  });

  test('a wrong key for what speaks has its callers hear the recorded apology, and the reason is on record (R4.2)', async () => {
    const { stack, records } = platform();
    await setKey('studio-bianchi', 'openai', 'not-a-key');
    await using phone = await Telephone.dial(stack.sip, '+390612345678', caller);
    expect(await phone.answer()).toBe(200);
    expect(await phone.ended()).toBe('called');
    expect(phone.call.ear.firstSoundMs).toBeDefined();
    expect(await records.of(phone.callId)).toMatchObject(apologised);
    await setKey('studio-bianchi', 'openai', 'dev-openai-studio-bianchi');
  });
});

test('after all of them a caller is answered as before, no line is taken, and every number is there (R1.1, R3.2)', async () => {
  const { stack, records } = platform();
  const rows = new Rows(stack.database);
  await using phone = await Telephone.dial(stack.sip, '2001', '+441632960159');
  expect(await phone.answer()).toBe(200);
  await phone.untilSpokenTo();
  phone.call.hangUp();
  expect(await records.of(phone.callId)).toMatchObject({ agent: 'orders', endReason: 'caller_hung_up' });
  const numbers = (await rows.read('sip_numbers')).map((row) => row['phone_number']);
  expect(numbers).toEqual(expect.arrayContaining(['2001', '2002', '2009', '+390612345678']));
  expect(await rows.read('organizations')).toHaveLength(2);
  await expect.poll(() => rows.read('active_calls'), { timeout: 20_000 }).toEqual([]);
});

/** Who hangs up in the very moment of the answer has given up; these callers have not. */
async function answersOnRecord(callId: string, count: number): Promise<void> {
  const rows = new Rows(platform().stack.database);
  const answered = async () =>
    (await rows.read('sessions', { sip_call_id: callId })).filter((session) => session['answered_at'] !== null).length;
  await expect.poll(answered, { timeout: 10_000 }).toBe(count);
}

/** What the database knows of this Call-ID: why its sessions ended, why it was refused. */
async function tracesOf(callId: string): Promise<unknown[]> {
  const rows = new Rows(platform().stack.database);
  const sessions = await rows.read('sessions', { sip_call_id: callId });
  const refusals = await rows.read('call_refusals', { sip_call_id: callId });
  return [...sessions.map((session) => session['end_reason']), ...refusals.map((refusal) => refusal['reason'])];
}

async function setKey(slug: string, provider: string, key: string): Promise<void> {
  const { database } = platform().stack;
  const rows = new Rows(database);
  const [organization] = await rows.read('organizations', { slug });
  const owner = { tenant: tenantKeySchema.parse(slug), provider };
  const { ciphertext } = sealProviderKey(parseKeyRing(database.providerKeysSecret), owner, key);
  await rows.change('provider_keys', { organization_id: String(organization?.['id']), provider }, { ciphertext });
}
