import { describe, expect, test } from 'vitest';
import { readAddress } from '../../../dispatch/webhooks/endpoint-address.ts';

describe('the address of a webhook', () => {
  test.each([
    ['https://example.com/in?a=1', 'https://example.com/in?a=1'],
    ['HTTPS://Example.com', 'https://example.com/'],
    ['https://203.0.113.7:8443/in', 'https://203.0.113.7:8443/in'],
    ['https://10.0.0.7:8443/in', 'https://10.0.0.7:8443/in'],
  ])('may be %s (R5.5)', (written, href) => {
    expect(readAddress(written, ['10.0.0.7:8443'])).toMatchObject({ outcome: 'usable', url: { href } });
  });

  test.each([
    ['somewhere', 'no address'],
    ['http://example.com/in', 'https://'],
    ['http://10.0.0.7:8443/in', 'https://'],
    ['https://user:word@example.com/in', 'password'],
    ['https://example.com/in#part', '#'],
    [`https://example.com/${'x'.repeat(2000)}`, '2000'],
    ['https://10.0.0.7/in', 'on the inside'],
    ['https://10.0.0.7:9443/in', 'on the inside'],
    ['https://127.1/in', 'on the inside'],
    ['https://[::1]/in', 'on the inside'],
    ['https://localhost/in', 'on the inside'],
    ['https://database.internal/in', 'on the inside'],
  ])('may not be %s (R5.5)', (written, problem) => {
    expect(readAddress(written, ['10.0.0.7:8443'])).toEqual({
      outcome: 'unusable',
      problem: expect.stringContaining(problem),
    });
  });
});
