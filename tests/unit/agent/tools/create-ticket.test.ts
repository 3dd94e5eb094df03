import { describe, expect, test } from 'vitest';
import { DatabaseAway } from '../../../../shared/db.ts';
import { openToolWorld, outputsOf, type ToolWorldOptions } from './tool-world.ts';

const ticket = { subject: 'Cold pizza', body: 'Order 42 came cold.', priority: 'high', contact: 'Ada, +39 333 1' };
const asks = (args: object = ticket): NonNullable<ToolWorldOptions['responses']>[number] => ({
  input: 'My pizza is cold',
  toolCalls: [{ name: 'create_ticket', args: { ...args } }],
});

async function openTicketWorld(options: Partial<ToolWorldOptions> & { taken?: unknown[] } = {}) {
  const taken = options.taken ?? [];
  return await openToolWorld({
    config: { tools: { ticket: { enabled: true }, message: { enabled: true } }, limits: { tickets: 2 } },
    responses: [asks()],
    sql: async (name, args) => {
      taken.push({ name, ...args });
      return { opened: true, reason: null };
    },
    ...options,
  });
}

describe('create_ticket', () => {
  test('opens a ticket of this very session, and the agent learns that it is open (R4.5)', async () => {
    const taken: unknown[] = [];
    const world = await openTicketWorld({ taken });
    const result = await world.run('My pizza is cold');
    result.expect.nextEvent().isFunctionCall({ name: 'create_ticket', args: ticket });
    await world.close();
    expect(outputsOf(result)).toEqual(['The ticket is open.']);
    expect(taken).toEqual([
      {
        name: 'open_ticket',
        p_session_id: 'session-1',
        p_worker: 'worker-1',
        p_ticket: {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          kind: 'ticket',
          title: 'Cold pizza',
          body: 'Order 42 came cold.',
          priority: 'high',
          contact: 'Ada, +39 333 1',
        },
      },
    ]);
  });

  test('is not offered by an agent that may not open tickets (R4.5)', async () => {
    const world = await openTicketWorld({ config: { tools: { message: { enabled: true } } } });
    expect(Object.keys(world.agent.toolCtx.functionTools)).not.toContain('create_ticket');
    await world.close();
  });

  test('stops at the limit of the call, which messages count towards (R4.5)', async () => {
    const taken: unknown[] = [];
    const world = await openTicketWorld({
      taken,
      responses: [
        asks(),
        { input: 'Tell Ugo', toolCalls: [{ name: 'take_message', args: { message: 'Hello', for: 'Ugo' } }] },
      ],
    });
    const told = [];
    for (const words of ['My pizza is cold', 'Tell Ugo', 'My pizza is cold'])
      told.push(...outputsOf(await world.run(words)));
    await world.close();
    expect(told.slice(0, 2)).toEqual(['The ticket is open.', 'The message is written down.']);
    expect(told[2]).toMatch(/^Nothing more can be written down in this call: 2 were/);
    expect(taken).toHaveLength(2);
    expect(taken[1]).toMatchObject({ p_ticket: { kind: 'message', title: 'Message for Ugo', body: 'Hello' } });
  });

  test('that was promised while the database was away is opened once it is back, and only once (R4.5)', async () => {
    const ids = new Set<unknown>();
    let tries = 0;
    const world = await openTicketWorld({
      sql: async (_name, args) => {
        ids.add((args['p_ticket'] as { id: string }).id);
        if (++tries < 3) throw new DatabaseAway('nobody answers');
        return { opened: true, reason: null };
      },
    });
    await world.run('My pizza is cold');
    await world.close();
    expect(tries).toBe(3);
    expect(ids.size).toBe(1);
  });

  test('that the database refuses is not promised, and is in the log for people (R4.5)', async () => {
    const world = await openTicketWorld({ sql: async () => Promise.reject(new Error('no such function')) });
    expect(outputsOf(await world.run('My pizza is cold'))).toEqual([
      'It could not be written down. Tell the caller that they have to call again or write.',
    ]);
    await world.close();
    const lost = world.lines.find(({ msg }) => msg === 'a ticket is lost');
    expect(lost).toMatchObject({ pii: { ticket: { title: 'Cold pizza' } } });
  });

  test('with arguments that make no ticket tells the model what is wrong (R4.5)', async () => {
    const taken: unknown[] = [];
    const world = await openTicketWorld({ taken, responses: [asks({ subject: '', body: 'x' })] });
    expect(outputsOf(await world.run('My pizza is cold'))[0]).toMatch(/Invalid arguments for create_ticket/);
    await world.close();
    expect(taken).toEqual([]);
  });
});
