import { stt } from '@livekit/agents';
import { describe, expect, test } from 'vitest';
import { eventually, useStandIns } from './plugins.ts';
import { type Listening, listenWith, textsOf } from './recogniser.ts';

const standIns = useStandIns();
const { START_OF_SPEECH, INTERIM_TRANSCRIPT, FINAL_TRANSCRIPT, END_OF_SPEECH } = stt.SpeechEventType;
const key = 'dev-soniox-sepid-clinic';

function listen(language: Listening['language'], options: Listening['options'] = {}) {
  return listenWith(standIns(), { provider: 'soniox', baseUrl: standIns().urls.soniox, key, language, options });
}

async function understood(line: ReturnType<typeof listen>, text: string, spokenIn: Listening['language']) {
  await line.say(text, spokenIn);
  const events = await line.until(END_OF_SPEECH);
  await line.close();
  return events;
}

/** What the stand-in was told first, on the first line. */
const told = () => standIns().journal({ provider: 'soniox' })[0]?.params ?? {};

describe('a caller who speaks a language that is written from right to left', () => {
  test.each([
    ['fa', 'سلام، می‌خواهم برای فردا وقت بگیرم.'],
    ['fa', 'خیلی ممنون، خداحافظ.'],
    ['ar', 'مرحبا، أريد أن أحجز موعدا غدا.'],
    ['ar', 'متى تفتحون صباح الغد؟'],
  ] as const)('is understood in %s letter by letter, in the order they are said: %s (R4.1)', async (language, text) => {
    const events = await understood(listen(language), text, language);
    expect(events[0]?.type).toBe(START_OF_SPEECH);
    expect(textsOf(events, FINAL_TRANSCRIPT)).toEqual([text]);
    expect(events.find(({ type }) => type === FINAL_TRANSCRIPT)?.alternatives?.[0]?.language).toBe(language);
    const shown = textsOf(events, INTERIM_TRANSCRIPT);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((words) => !text.startsWith(words ?? 'nothing'))).toEqual([]);
  });

  test('keeps the joiner inside a Persian word, without which it is another word (R4.1)', async () => {
    const text = 'سلام، می‌خواهم برای فردا وقت بگیرم.';
    expect(text).toContain('\u200c');
    const [final] = textsOf(await understood(listen('fa'), text, 'fa'), FINAL_TRANSCRIPT);
    expect([...(final ?? '')]).toEqual([...text]);
  });
});

describe('what a tenant sets for Soniox', () => {
  test('reaches it: hints, strictness, silence, context; the key only in the header (R2.4, R2.7)', async () => {
    const context = { general: [{ key: 'domain', value: 'Dentist' }], terms: ['implant'] };
    const line = listen('fa', {
      language_hints: ['fa', 'en'],
      language_hints_strict: true,
      silence_duration_ms: 800,
      context,
    });
    await understood(line, 'ساعت کاری شما چیست؟', 'fa');
    const params = Object.fromEntries(Object.entries(told()).map(([name, value]) => [name, JSON.parse(value)]));
    expect(params).toMatchObject({
      language_hints: ['fa', 'en'],
      language_hints_strict: true,
      max_endpoint_delay_ms: 800,
      enable_endpoint_detection: true,
      context,
      sample_rate: 16_000,
      num_channels: 1,
    });
    expect(params).not.toHaveProperty('api_key');
  });

  test('without hints it listens for the language of the agent', async () => {
    await understood(listen('ar'), 'متى تفتحون صباح الغد؟', 'ar');
    expect(told().language_hints).toBe('["ar"]');
  });

  test('two languages on one line are told apart (R4.6)', async () => {
    const line = listen('fa', { language_hints: ['fa', 'en'] });
    await line.say('Thank you, goodbye.', 'en');
    const heard = (await line.until(FINAL_TRANSCRIPT)).at(-1)?.alternatives?.[0];
    expect(heard).toMatchObject({ text: 'Thank you, goodbye.', language: 'en' });
    await line.close();
  });

  test('strict hints leave other languages without words', async () => {
    const line = listen('fa', { language_hints_strict: true });
    await line.say('Thank you, goodbye.', 'en');
    await line.say('ساعت کاری شما چیست؟', 'fa');
    expect(textsOf(await line.until(END_OF_SPEECH), FINAL_TRANSCRIPT)).toEqual(['ساعت کاری شما چیست؟']);
    await line.close();
  });

  test('upsample_audio decides the rate that sound is sent at: half the data without it (R2.4)', async () => {
    const text = 'ساعت کاری شما چیست؟';
    const sent: number[] = [];
    for (const upsample_audio of [true, false]) {
      await standIns().reset();
      expect(textsOf(await understood(listen('fa', { upsample_audio }), text, 'fa'), FINAL_TRANSCRIPT)).toEqual([text]);
      expect(told().sample_rate).toBe(upsample_audio ? '16000' : '8000');
      sent.push(standIns().journal({ provider: 'soniox' })[0]?.bytes ?? 0);
    }
    const [wide = 0, narrow = 0] = sent;
    expect(narrow / wide).toBeCloseTo(0.5, 1);
  });

  test('without its endpoints words are final when nothing in them may change any more', async () => {
    const line = listen('fa', { enable_endpoint_detection: false });
    const text = 'خیلی ممنون، خداحافظ.';
    expect(textsOf(await understood(line, text, 'fa'), FINAL_TRANSCRIPT)).toEqual([text]);
    expect(told()).not.toHaveProperty('max_endpoint_delay_ms');
  });
});

describe('a Soniox that does not listen', () => {
  test('an empty account is a failure at once, and asked once (R4.2)', async () => {
    await standIns().script({ rules: [{ match: { key }, fault: { type: 'status', status: 402 } }] });
    const line = listen('fa');
    await line.until();
    expect(line.failures).toMatchObject([{ status: 402, recoverable: false }]);
    expect(standIns().journal({ key })).toHaveLength(1);
    await line.close();
  });

  test('a line that Soniox ends in the middle of a call is opened again, and the sentence is heard once (R4.2)', async () => {
    await standIns().script({ rules: [{ match: { key }, times: 1, fault: { type: 'cut', afterChunks: 2 } }] });
    const text = 'سلام، می‌خواهم برای فردا وقت بگیرم.';
    const line = listen('fa');
    await line.say(text);
    expect(textsOf(await line.until(END_OF_SPEECH), FINAL_TRANSCRIPT)).toEqual([text]);
    expect(line.failures).toEqual([]);
    await line.close();
    const lines = new Set(
      standIns()
        .journal({ key })
        .map(({ connection }) => connection),
    );
    expect(lines.size).toBe(2);
  });

  test('a caller who is put on hold keeps the line: it is kept open without sound', async () => {
    const line = listen('fa');
    line.silence(0.1);
    const entry = await eventually('the line is open', () => standIns().journal({ key })[0]);
    await eventually('it is kept open', () => entry.keepAlives, 12_000);
    await line.close();
  });
});
