import { describe, expect, test } from 'vitest';
import { Networks } from '../../../shared/networks.ts';

describe('networks', () => {
  test('have their addresses and no others (R5.5)', () => {
    const networks = new Networks('127.0.0.1, 10.1.0.0/16,::1');
    const asked = ['127.0.0.1', '10.1.255.9', '::1', '127.0.0.2', '10.2.0.1', '::2', 'somewhere', ''];
    expect(asked.filter((address) => networks.has(address))).toEqual(['127.0.0.1', '10.1.255.9', '::1']);
    expect(new Networks('').has('127.0.0.1')).toBe(false);
  });

  test.each(['somewhere', '10.0.0.0/33', '::1/129', '10.0.0.0/x', '10.0.0.0/'])(
    'are not what %s says (R5.5)',
    (written) => {
      expect(() => new Networks(written)).toThrow(JSON.stringify(written));
    },
  );
});
