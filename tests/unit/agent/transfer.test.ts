import { initializeLogger, llm, voice } from '@livekit/agents';
import { SipCallError } from 'livekit-server-sdk';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CallEnds } from '../../../agent/ends.ts';
import { outcomeOf, type Referred } from '../../../agent/refer.ts';
import { ToolActivity } from '../../../agent/tool-activity.ts';
import type { ToolContext } from '../../../agent/tools/tool.ts';
import { transferCall } from '../../../agent/tools/transfer.ts';
import { transferTo } from '../../../agent/transfer.ts';
import type { CallRecord } from '../../../shared/call-record.ts';
import { resolveConfig, type TenantConfig } from '../../../shared/config/index.ts';

const destinations = [
  { id: 'kitchen', label: 'the kitchen', uri: 'sip:100@pbx.example.com', enabled: false, priority: 9 },
  { id: 'front-desk', label: 'our front desk', description: 'For bookings.', uri: 'sip:200@pbx.example.com' },
  { id: 'manager', label: 'the manager', description: 'For complaints.', uri: '+390612345678', priority: 5 },
];

beforeAll(() => initializeLogger({ pretty: false, level: 'silent' }));

describe.concurrent('the tool with which a model has a caller put through', () => {
  test('offers only what is switched on, the preferred ones first, and no address (R4.3)', () => {
    const [tool] = transferCall.make(callWith({ destinations }).context);
    if (!llm.isFunctionTool(tool)) throw new Error('not a tool');
    const lines = tool.description.split('\n').filter((line) => line.startsWith('- '));
    expect(lines).toEqual(['- manager: the manager. For complaints.', '- front-desk: our front desk. For bookings.']);
    expect(JSON.stringify(llm.toJsonSchema(tool.parameters))).toContain('"enum":["manager","front-desk"]');
    expect(tool.description).not.toMatch(/sip:|tel:|0612345678/);
  });

  test('is not offered by a business that switched it off or has nobody to put callers through to (R4.3)', () => {
    expect(transferCall.offered(configWith({ destinations }))).toBe(true);
    expect(transferCall.offered(configWith({ enabled: false, destinations }))).toBe(false);
    expect(transferCall.offered(configWith({ destinations: destinations.slice(0, 1) }))).toBe(false);
  });

  test('puts the caller through only when they have spoken since they were asked (R4.3)', async () => {
    await using call = await talkingCall({ destinations, confirm: true });
    const { say, referred, ends, outputs } = call;
    await say('the manager please');
    expect(outputs.at(-1)).toMatch(/^Not done yet. Ask the caller whether to be put through to the manager/);
    expect(referred).toEqual([]);
    await say('yes please');
    expect(referred).toEqual(['tel:+390612345678']);
    expect(ends.reached).toMatchObject({ reason: 'transferred' });
  });

  test('does not let a model agree in the caller’s place, nor take a yes for somebody else (R4.3)', async () => {
    await using call = await talkingCall({ destinations, confirm: true });
    const { say, referred, outputs } = call;
    await say('twice at once');
    expect(referred).toEqual([]);
    await say('the front desk instead');
    expect(outputs.at(-1)).toMatch(/^Not done yet. Ask the caller whether to be put through to our front desk/);
    expect(referred).toEqual([]);
  });

  test('asks again when the caller has long been talking of other things (R4.3)', async () => {
    await using call = await talkingCall({ destinations, confirm: true });
    const { say, referred, outputs } = call;
    await say('the manager please');
    for (let turn = 0; turn < 3; turn += 1) await say('hello again');
    await say('yes please');
    expect(outputs).toHaveLength(2);
    expect(outputs.at(-1)).toMatch(/^Not done yet/);
    await say('yes please');
    expect(referred).toEqual(['tel:+390612345678']);
  });

  test('announces the destination before the exchange is asked, and says nothing more once connected (R4.3)', async () => {
    await using call = await talkingCall({
      destinations,
      handoff: 'One moment for {{label}} of {{business_name}}.',
    });
    const { say, story } = call;
    await say('the manager please');
    expect(story).toEqual(['agent: One moment for the manager of Harbor Pizza.', 'refer: tel:+390612345678']);
  });

  test.each([
    ['kitchen', 'is switched off'],
    ['sip:evil@example.com', 'is an address'],
    ['mars', 'does not exist'],
  ])('answers a model that asks for %s, which %s, with what there is (R4.3)', async (id) => {
    await using call = await talkingCall({ destinations });
    const { say, referred, outputs } = call;
    await say(`transfer to ${id}`);
    expect(outputs.at(-1)).toBe(`There is no destination "${id}". There are: manager, front-desk.`);
    expect(referred).toEqual([]);
  });

  test.each([
    ['busy', 'Not put through: the line of the manager is busy.'],
    ['no_answer', 'Not put through: nobody answered at the manager.'],
    ['refused', 'Not put through: the telephone system does not allow'],
    ['unreachable', 'Not put through: the manager cannot be reached'],
    ['failed', 'Not put through: the transfer to the manager failed.'],
  ] as const)('tells the model of %s, and the call goes on (R4.3)', async (outcome, sentence) => {
    await using call = await talkingCall({ destinations }, { outcome, cause: new Error('as scripted') });
    const { say, ends, outputs, kept } = call;
    await say('the manager please');
    expect(outputs.at(-1)).toContain(sentence);
    expect(outputs.at(-1)).toContain('still on the line with you');
    expect(ends.reached).toBeUndefined();
    expect(kept).toEqual([{ destination: 'manager', uri_kind: 'tel', outcome }]);
    const { said } = await say('hello again');
    expect(said).toEqual(['I am here.']);
  });
});

describe('a transfer that is under way', () => {
  const notTalking = () => ({ pauseReplyAuthorization: () => undefined, resumeReplyAuthorization: () => undefined });
  const manager = { ...destinations[2], uri: 'tel:2050' } as TenantConfig['tools']['transfer']['destinations'][number];

  test('lets no second one begin, and counts as work of a tool (R4.3)', async () => {
    const pending = answerLater();
    const { context, referred } = callWith({ destinations }, pending.answer);
    const first = transferTo({ ...context, session: notTalking }, manager);
    expect(context.activity.busy).toBe(true);
    expect(await transferTo({ ...context, session: notTalking }, manager)).toEqual({ outcome: 'under_way' });
    pending.resolve({ outcome: 'connected' });
    expect(await first).toEqual({ outcome: 'connected' });
    expect(referred).toEqual(['tel:2050']);
    expect(context.activity.busy).toBe(false);
  });

  test('decides over a caller whose exchange takes the call over before LiveKit says so (R4.3)', async () => {
    const pending = answerLater();
    const { context, ends } = callWith({ destinations }, pending.answer);
    const transferring = transferTo({ ...context, session: notTalking }, manager);
    ends.callerWent();
    expect(ends.reached).toBeUndefined();
    pending.resolve({ outcome: 'connected' });
    await transferring;
    expect(await ends.first).toMatchObject({ reason: 'transferred' });
  });

  test('ends as the caller’s own hanging up when nobody was reached for them (R4.3)', async () => {
    const pending = answerLater();
    const { context, ends, kept } = callWith({ destinations }, pending.answer);
    const transferring = transferTo({ ...context, session: notTalking }, manager);
    ends.callerWent();
    pending.resolve({ outcome: 'failed', cause: new Error('no such call') });
    expect(await transferring).toEqual({ outcome: 'caller_left' });
    expect(await ends.first).toMatchObject({ reason: 'caller_hung_up' });
    expect(kept).toMatchObject([{ outcome: 'caller_left' }]);
  });
});

test.each([
  ['486', 'busy'],
  ['600', 'busy'],
  ['480', 'no_answer'],
  ['408', 'no_answer'],
  ['403', 'refused'],
  ['405', 'refused'],
  ['603', 'refused'],
  ['404', 'unreachable'],
  ['503', 'unreachable'],
  ['481', 'failed'],
])('an exchange that says %s means %s (R4.3)', (sip_status_code, outcome) => {
  expect(outcomeOf(new SipCallError('TwirpError', 'no', 500, 'unknown', { sip_status_code }))).toBe(outcome);
});

/** An exchange that takes its time. */
function answerLater() {
  let resolve: (referred: Referred) => void = () => undefined;
  const answer = new Promise<Referred>((settle) => {
    resolve = settle;
  });
  return { answer, resolve };
}

type TransferConfig = Record<string, unknown>;

function configWith(transfer: TransferConfig): TenantConfig {
  const organization = {
    business: { name: 'Harbor Pizza' },
    tools: { transfer: { enabled: true, confirm: false, handoff: 'Putting you through to {{label}}.', ...transfer } },
  };
  const resolved = resolveConfig({ platform: {}, organization, instance: {}, number: {} });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  return resolved.config;
}

const replies = [
  ['the manager please', 'manager'],
  ['yes please', 'manager'],
  ['the front desk instead', 'front-desk'],
  ...['kitchen', 'sip:evil@example.com', 'mars'].map((id) => [`transfer to ${id}`, id]),
].map(([input = '', destination]) => ({ input, toolCalls: [{ name: 'transfer_call', args: { destination } }] }));
const twice = { name: 'transfer_call', args: { destination: 'manager' } };

/** What a call lends to the tool, with an exchange that always says the same. */
function callWith(transfer: TransferConfig, says: Referred | Promise<Referred> = { outcome: 'connected' }) {
  const referred: string[] = [];
  const story: string[] = [];
  const kept: Omit<CallRecord['transfers'][number], 'at_ms'>[] = [];
  const ends = new CallEnds();
  ends.reach('answered');
  const model = new voice.testing.FakeLLM([
    ...replies,
    { input: 'twice at once', toolCalls: [twice, twice] },
    { input: 'hello again', content: 'I am here.' },
  ]);
  const session = new voice.AgentSession({ llm: model, vad: null, turnHandling: { turnDetection: null } });
  const context = {
    config: configWith(transfer),
    identity: { room: 'call_2001_x', calledNumber: '2001' },
    caller: { identity: 'sip_1', attributes: {} },
    platform: {
      clock: { now: () => 0 },
      transfers: {
        refer: async (_room: string, _caller: string, to: string) => {
          referred.push(to);
          story.push(`refer: ${to}`);
          return await says;
        },
      },
    },
    ends,
    activity: new ToolActivity(),
    record: { addTransfer: (kind: (typeof kept)[number]) => kept.push(kind) },
    log: pino({ level: 'silent' }),
    session: () => session,
  } as unknown as ToolContext;
  return { context, session, ends, referred, story, kept };
}

/** The same with a model and a session, in which a test speaks for the caller. */
async function talkingCall(transfer: TransferConfig, says?: Referred) {
  const call = callWith(transfer, says);
  const { context, session, story } = call;
  const outputs: string[] = [];
  session.on(voice.AgentSessionEventTypes.FunctionToolsExecuted, ({ functionCallOutputs }) => {
    for (const { output } of functionCallOutputs) if (output !== '') outputs.push(z.string().parse(JSON.parse(output)));
  });
  session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
    if (item.type === 'message' && item.role === 'assistant') story.push(`agent: ${item.textContent}`);
  });
  const tools = [...transferCall.make(context)];
  await session.start({ agent: new voice.Agent({ instructions: '', tools }), record: false });
  const say = async (userInput: string) => {
    const before = story.length;
    await session.run({ userInput }).wait();
    return { said: story.slice(before).map((line) => line.replace('agent: ', '')) };
  };
  return { ...call, outputs, say, [Symbol.asyncDispose]: () => session.close() };
}
