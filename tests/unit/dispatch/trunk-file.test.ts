import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTrunkFile, roomPrefixOf } from '../../../dispatch/trunk-file.ts';

const text = readFileSync('sip-trunk.json', 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'switchboard-trunk-file-'));

function variant(from: string, to: string): string {
  expect(text).toContain(from);
  const path = join(folder, 'sip-trunk.json');
  writeFileSync(path, text.replace(from, to));
  return path;
}

describe('the trunk file', () => {
  test('of this repository passes its own checks (R1.1)', () => {
    expect(roomPrefixOf(readTrunkFile('sip-trunk.json'))).toBe('call');
  });

  test.each([
    ['a plain address', '127.0.0.1', 'write 127.0.0.1/32'],
    ['a host name', 'pbx.example.test', 'From header, which anybody can write'],
    ['a mask that cannot be', '127.0.0.1/64', 'is not in CIDR notation'],
    ['a list in one entry', '127.0.0.1/32,10.0.0.1/32', 'is not in CIDR notation'],
    ['IPv6 without a mask', '::1', 'write ::1/128'],
  ])('does not let %s pass for an allowed address (R7.2)', (_what, address, says) => {
    expect(() => readTrunkFile(variant('127.0.0.1/32', address))).toThrow(says);
  });

  test.each([
    ['no allowed address at all', '["127.0.0.1/32"]', '[]', 'lets the whole internet in'],
    ['a rule that is bound to no trunk', '"{trunk}"', '', 'accepts calls that passed no trunk'],
    ['one room for all callers of a number', 'true', 'false', 'meet in one room'],
    ['a setting that nobody knows', '"numbers"', '"nubmers"', 'nubmers'],
    ['a duration without unit', '"25s"', '"25"', 'whole seconds'],
    ['something that is not JSON', '{', '', 'cannot be read'],
  ])('does not let %s pass (R7.2)', (_what, from, to, says) => {
    expect(() => readTrunkFile(variant(from, to))).toThrow(says);
  });
});
