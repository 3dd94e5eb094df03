import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SipRequest } from '../../dev/line/message.ts';
import { parseMessage } from '../../dev/line/parse.ts';
import { Transactions, transactionMs } from '../../dev/line/transaction.ts';

const peer = { address: '127.0.0.1', port: 5060 };
const ok = { status: 200, reason: 'OK' };
const busy = { status: 486, reason: 'Rejected' };

function request(method: string, branch: string): SipRequest {
  const lines = [
    `${method} sip:2001@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:5060;branch=${branch}`,
    'From: <sip:a@127.0.0.1>;tag=1',
    'To: <sip:2001@127.0.0.1>',
    'Call-ID: c',
    `CSeq: 1 ${method}`,
  ];
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') throw new Error('the test wrote a bad message');
  return parsed.message;
}

describe('what is sent again, and when', () => {
  let sentAtMs: number[];
  let transactions: Transactions;
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    sentAtMs = [];
    transactions = new Transactions(() => sentAtMs.push(Date.now()));
  });
  afterEach(() => {
    transactions.close();
    vi.useRealTimers();
  });

  test('a BYE nobody answers is repeated for 32 s and then given up (R3.5)', async () => {
    const answer = transactions.request('z9hG4bKbye', Buffer.from('BYE'), peer);
    await vi.advanceTimersByTimeAsync(transactionMs);
    expect(await answer).toBeUndefined();
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  });

  test('a 200 nobody acknowledges is sent three times (R1.2)', async () => {
    transactions.open(request('INVITE', 'z9hG4bKa'), peer, 'tag')?.answer(ok);
    await vi.advanceTimersByTimeAsync(transactionMs);
    expect(sentAtMs).toEqual([0, 250, 750]);
  });

  test('a refusal is repeated until the caller acknowledges it (R3.4)', async () => {
    transactions.open(request('INVITE', 'z9hG4bKa'), peer, 'tag')?.answer(busy);
    await vi.advanceTimersByTimeAsync(2_000);
    transactions.inviteOf(request('ACK', 'z9hG4bKa'))?.stopRepeating();
    await vi.advanceTimersByTimeAsync(transactionMs);
    expect(sentAtMs).toEqual([0, 500, 1500]);
  });

  test('a copy of a request gets the same answer and is not seen twice (R1.2)', () => {
    transactions.open(request('BYE', 'z9hG4bKb'), peer, 'tag')?.answer(ok);
    expect(transactions.open(request('BYE', 'z9hG4bKb'), peer, 'other')).toBeUndefined();
    expect(transactions.open(request('BYE', 'z9hG4bKc'), peer, 'other')).toBeDefined();
    expect(sentAtMs).toEqual([0, 0]);
  });
});
