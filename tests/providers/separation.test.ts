import { stt } from '@livekit/agents';
import { describe, expect, test } from 'vitest';
import { ask, listen, speakOpenAi, useStandIns } from './plugins.ts';

const standIns = useStandIns();

const tenants = [
  {
    openai: 'dev-openai-harbor-pizza',
    deepgram: 'dev-deepgram-harbor-pizza',
    language: 'en',
    system: 'You answer the phone of Harbor Pizza.',
    said: 'What time do you close tonight?',
  },
  {
    openai: 'dev-openai-studio-bianchi',
    deepgram: 'dev-deepgram-studio-bianchi',
    language: 'it',
    system: 'Sei la segretaria di Studio Bianchi. Rispondi in italiano.',
    said: 'A che ora aprite domani?',
  },
] as const;
type Tenant = (typeof tenants)[number];

/** One turn of a call: hear, think, speak. */
async function turn(tenant: Tenant): Promise<void> {
  const line = listen(standIns(), { key: tenant.deepgram, language: tenant.language });
  await line.say(tenant.said);
  const heard = (await line.until(stt.SpeechEventType.FINAL_TRANSCRIPT)).at(-1)?.alternatives?.[0]?.text ?? '';
  await line.close();
  const { text } = await ask(standIns(), { key: tenant.openai, system: tenant.system, user: heard });
  await speakOpenAi(standIns(), { key: tenant.openai, text });
}

describe('two tenants at the same time', () => {
  test('each key sees its own prompt, words and speech, and nothing of the other (R1.6)', async () => {
    await Promise.all([...tenants, ...tenants, ...tenants].map(turn));
    for (const tenant of tenants) {
      const other = tenants.find(({ openai }) => openai !== tenant.openai);
      const seen = [...standIns().journal({ key: tenant.openai }), ...standIns().journal({ key: tenant.deepgram })];
      expect(seen.filter(({ recognised }) => recognised === tenant.said)).toHaveLength(3);
      expect(seen.filter(({ system }) => system === tenant.system)).toHaveLength(3);
      expect(seen.filter(({ kind }) => kind === 'speech')).toHaveLength(3);
      expect(JSON.stringify(seen)).not.toContain(other?.said);
      expect(JSON.stringify(seen)).not.toContain(other?.system);
    }
  });

  test('a fault for one key leaves the other alone (R1.6)', async () => {
    const [harbor, bianchi] = tenants;
    await standIns().script({ rules: [{ match: { key: harbor.openai }, fault: { type: 'status', status: 500 } }] });
    const [broken, well] = await Promise.all([
      ask(standIns(), { key: harbor.openai }),
      ask(standIns(), { key: bianchi.openai }),
    ]);
    expect(broken.failures).toHaveLength(1);
    expect(well.failures).toEqual([]);
  });
});
