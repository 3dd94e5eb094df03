import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repositoryFiles } from './repository.ts';

/** Shapes of keys that somebody pays for. Stand-in keys of local runs begin with `dev-` and match none of them. */
const shapes = {
  'OpenAI key': /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{24,}/,
  'JSON web token': /\beyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'GitHub token': /\bgh[pousr]_[A-Za-z0-9]{36}/,
  'AWS key': /\bAKIA[0-9A-Z]{16}\b/,
  'Supabase secret key': /\bsb_secret_[A-Za-z0-9_-]{20,}/,
  'Deepgram key': /\b(?:DEEPGRAM_API_KEY|[Tt]oken)\s*[=:]\s*['"]?[0-9a-f]{40}\b/,
};

test.each(Object.entries(shapes))('no file of the repository holds a %s (R7.3)', (_name, shape) => {
  expect(repositoryFiles().filter((path) => shape.test(readFileSync(path, 'latin1')))).toEqual([]);
});

test('no environment file is in the repository (R7.3)', () => {
  expect(repositoryFiles().filter((path) => /(^|\/)\.env(?!\.example$)/.test(path))).toEqual([]);
});
