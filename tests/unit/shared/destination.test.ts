import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDestinationUri } from '../../../shared/destination.ts';

test.each([
  ['sip:2001@pbx.example.com', 'sip', 'sip:2001@pbx.example.com'],
  ['SIP:reception@192.0.2.7:5061', 'sip', 'sip:reception@192.0.2.7:5061'],
  ['sip:*50@[2001:db8::1]:5060', 'sip', 'sip:*50@[2001:db8::1]:5060'],
  ['sip:%2350@pbx', 'sip', 'sip:%2350@pbx'],
  ['sip:+390612345678@pbx.example.com;user=phone;transport=tcp', 'sip', undefined],
  ['sips:desk@pbx.example.com', 'sips', 'sips:desk@pbx.example.com'],
  ['tel:+39 06 1234-5678', 'tel', 'tel:+390612345678'],
  ['tel:2001', 'tel', 'tel:2001'],
  ['+390612345678', 'tel', 'tel:+390612345678'],
])('a tenant may put callers through to %s (R4.3)', (text, kind, uri = text) => {
  expect(parseDestinationUri(text)).toEqual({ kind, uri });
});

test.each([
  ['', 'a destination is'],
  ['2001', 'a destination is'],
  ['http://example.com', 'a destination is'],
  ['sip:2001', 'sip:user@host'],
  ['sip:@pbx', 'before @'],
  ['sip:2001:secret@pbx', 'before @'],
  ['sip:a@pbx?Replaces=x', 'behind @'],
  ['sip:a?Subject=x@pbx', 'before @'],
  ['sip:a@pbx;method=BYE', 'only transport'],
  ['sip:a@pbx>\r\nX-Evil: 1', 'behind @'],
  ['sip:a@pbx;transport=tcp\r\nX-Evil: 1', 'only transport'],
  ['sip:a%0d%0aX@pbx', 'before @'],
  ['sip:a@pbx:70000', 'is no port'],
  ['sip:a@-pbx', 'behind @'],
  ['sip:ò@pbx', 'before @'],
  ['tel:+0612345678', 'tel: number'],
  ['tel:+390612345678;ext=5', 'tel: number'],
  ['+39', 'tel: number'],
  [`sip:a@${'x.'.repeat(200)}`, 'at most 255'],
])('a destination written %j is refused with a sentence why (R4.3)', (text, problem) => {
  expect(parseDestinationUri(text)).toEqual({ kind: 'malformed', problem: expect.stringContaining(problem) });
});

test('whatever stands in a configuration, no destination carries a line break, a header or a quote (R4.3)', () => {
  const near = fc
    .tuple(fc.constantFrom('sip:', 'sips:', 'tel:', '+', ''), fc.string({ unit: 'binary' }), fc.string())
    .map(([scheme, head, tail]) => `${scheme}${head}@${tail}`);
  const printable = fc.stringMatching(/^(?:sips?:[ -~\r\n]{1,9}@[ -~\r\n]{1,20}|tel:[ -~\r\n]{1,20})$/);
  fc.assert(
    fc.property(fc.oneof(near, printable), (text) => {
      const parsed = parseDestinationUri(text);
      if (parsed.kind === 'malformed') return;
      expect(parsed.uri).toMatch(/^(?:sips?:[^\s<>"?,]+@[^\s<>"?,]+|tel:\+?[0-9*#]+)$/);
      expect(parseDestinationUri(parsed.uri)).toEqual(parsed);
    }),
  );
});
