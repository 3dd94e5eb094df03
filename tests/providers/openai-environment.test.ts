import { expect, test, vi } from 'vitest';
import type { Row } from './contract/row.ts';
import { useStandIns } from './plugins.ts';

/** What somebody exported on the machine. The plugins read some of it while they are loaded. */
vi.hoisted(() => {
  vi.stubEnv('OPENAI_API_KEY', 'dev-openai-somebody-else');
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
  vi.stubEnv('OPENAI_ORG_ID', 'org-somebody-else');
  vi.stubEnv('OPENAI_PROJECT_ID', 'proj_somebody_else');
});
const { converse } = await import('./contract/converse.ts');
const { build } = await import('./contract/driver.ts');
const { hear } = await import('./contract/hear.ts');
const { speak } = await import('./contract/speak.ts');
const { think } = await import('./contract/think.ts');

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';

test.each(['openai', 'openai-compatible'])(
  'whatever is in the environment, %s is asked with the key and at the address of the tenant (R2.7)',
  async (provider) => {
    const row = {
      provider,
      model: 'gpt-4o-mini',
      baseUrl: ({ openai }) => openai,
      standIn: {},
      language: 'en',
      sentence: 'What time do you close tonight?',
    } satisfies Omit<Row, 'kind'>;
    const enough = new AbortController().signal;
    const stage = <K extends Row['kind']>(kind: K) => ({ row: { ...row, kind }, providers: standIns(), enough });
    const { model: _none, ...withDefaults } = row;
    const outcomes = [
      await think(build('llm', stage('llm'), key), stage('llm')),
      await speak(build('tts', stage('tts'), key), stage('tts')),
      await hear(build('stt', stage('stt'), key), stage('stt')),
    ];
    if (provider === 'openai') {
      const live = { ...stage('realtime'), row: { ...withDefaults, kind: 'realtime' as const } };
      outcomes.push(await converse(build('realtime', live, key), live));
    }
    expect(outcomes.flatMap(({ failures }) => failures)).toEqual([]);
    expect(outcomes.every(({ text }) => text !== '')).toBe(true);
    const seen = standIns().journal();
    expect(new Set(seen.map((entry) => entry.key))).toEqual(new Set([key]));
    expect(JSON.stringify(seen)).not.toContain('somebody');
  },
);
