import { expect, test } from 'vitest';
import { tenantKeySchema } from '../../../shared/ids.ts';
import { callLog, createLog } from '../../../shared/log.ts';

function linesOf(showPii: boolean) {
  const lines: string[] = [];
  const log = createLog({ service: 'test', level: 'info', showPii }, { write: (line) => void lines.push(line) });
  return { lines, log: callLog(log, { tenant: tenantKeySchema.parse('harbor-pizza'), call: 'abc@127.0.0.1' }) };
}

test("every line of a call carries the call's ids (R6.1)", () => {
  const { lines, log } = linesOf(false);
  log.info({ inviteTo200Ms: 123 }, 'call answered');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    service: 'test',
    tenant: 'harbor-pizza',
    call: 'abc@127.0.0.1',
    inviteTo200Ms: 123,
    msg: 'call answered',
  });
});

test('who called and what was said is censored, also one level down, until an engineer asks for it (R7.3)', () => {
  const { lines, log } = linesOf(false);
  log.info({ pii: { caller: '+39061234567' }, turn: { pii: 'my card is 4242' } }, 'caller spoke');
  expect(lines[0]).not.toContain('39061234567');
  expect(lines[0]).not.toContain('4242');
  const open = linesOf(true);
  open.log.info({ pii: { caller: '+39061234567' } }, 'caller spoke');
  expect(open.lines[0]).toContain('39061234567');
});

test('what is no error is logged under the same key as it is (R6.1)', () => {
  const { lines, log } = linesOf(false);
  log.error({ err: 'a plain text' }, 'provider failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: 'a plain text' });
});

test('what JSON.parse could not read is not quoted in the log, also when it is only the cause (R7.3)', () => {
  const { lines, log } = linesOf(false);
  for (const words of [
    'my card is 4242',
    '{"text": my card is 4242 and 4343 "quoted" and on and on}',
    '4242 "4242"',
    '4242\n4242',
  ]) {
    try {
      JSON.parse(words);
    } catch (cause) {
      log.error({ err: new Error('frame not readable', { cause }) }, 'provider failed');
    }
  }
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).not.toMatch(/4242|4343|card/);
    expect(JSON.parse(line).err).toMatchObject({
      type: 'Error',
      message: expect.stringContaining('frame not readable'),
    });
  }
});
