import { describe, expect, test } from 'vitest';
import { isInsideAddress, isInsideHost } from '../../../shared/network.ts';

describe("a tenant's address that leads to the platform's own neighbours", () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fec0::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
  ])('%s is inside (R4.4)', (address) => {
    expect(isInsideAddress(address)).toBe(true);
  });

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2606:4700::1111'])(
    '%s is not (R4.4)',
    (address) => {
      expect(isInsideAddress(address)).toBe(false);
    },
  );

  test('a text that is no address is a fault and not a verdict (R4.4)', () => {
    expect(() => isInsideAddress('localhost')).toThrow(TypeError);
  });

  test.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1./',
    'http://１２７.0.0.1/',
    'http://[::ffff:127.0.0.1]:8080/',
    'http://[::1]/',
    'http://LocalHost:5432/',
    'http://localhost./',
    'http://localhost../',
    'http://db.internal..:5432/',
    'http://printer.local/',
    'http://router.home.arpa/',
    'http://intranet/',
  ])('%s is inside, however it is written (R4.4)', (url) => {
    expect(isInsideHost(new URL(url).hostname)).toBe(true);
  });

  test.each([
    'https://api.example.com/',
    'https://api.example.com./',
    'https://internal.example.com/',
    'http://1.1.1.1/',
  ])('%s is not (R4.4)', (url) => {
    expect(isInsideHost(new URL(url).hostname)).toBe(false);
  });
});
