import { describe, expect, test } from 'vitest';
import type { SipMessage } from '../../dev/line/message.ts';
import { parseMessage } from '../../dev/line/parse.ts';
import { type Found, tortureMessages, wire } from './torture.ts';

function found(message: SipMessage): Partial<Found> {
  const start = message.kind === 'request' ? { method: message.method } : { status: message.status };
  return {
    ...start,
    callId: message.callId,
    cseq: message.cseq.number,
    toUser: message.to.uri.user,
    toTag: message.to.params.get('tag') ?? '',
    fromUser: message.from.uri.user,
    fromTag: message.from.params.get('tag') ?? '',
    vias: message.vias.length,
    branch: message.vias[0]?.params.get('branch') ?? '',
    body: message.body,
  };
}

const readable = tortureMessages.flatMap(({ expect: expected, ...message }) =>
  expected === 'refused' ? [] : [{ ...message, expected }],
);
const refused = tortureMessages.filter((message) => message.expect === 'refused');

describe('torture messages of RFC 4475', () => {
  test.each(readable)('$name is read rightly: $why', (message) => {
    const parsed = parseMessage(wire(message));
    expect(parsed).toMatchObject({ kind: 'message' });
    if (parsed.kind === 'message') expect(found(parsed.message)).toMatchObject(message.expected);
  });

  test.each(refused)('$name is refused: $why', (message) => {
    expect(parseMessage(wire(message))).toMatchObject({ kind: 'malformed' });
  });
});
