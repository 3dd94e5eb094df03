import { AudioFrame } from '@livekit/rtc-node';
import { type Driver, failuresOf, type Outcome } from './driver.ts';

const rateHz = 24_000;
const frameSamples = rateHz / 20;

/** Says the row's sentence, asks for an answer and collects its words; asks again when told that the answer was lost. */
export const converse: Driver<'realtime'> = async (service, { row, providers, enough }) => {
  const spoken = await providers.speech.say(row.sentence, row.language, rateHz);
  const session = service.session();
  const failures = failuresOf(session);
  let text = '';
  let pieces = 0;
  let reading: Promise<void> = Promise.resolve();
  const ask = () => {
    service.caller('speaks');
    for (let at = 0; at + frameSamples <= spoken.length; at += frameSamples)
      session.pushAudio(new AudioFrame(spoken.slice(at, at + frameSamples), rateHz, 1, frameSamples));
    service.caller('is quiet');
    // What fails is told by an event; what is lost with its line is asked for again.
    void session.commitAudio().then(() => session.generateReply().catch(() => undefined));
  };
  service.onAnswerLost = () => void session.generateReply().catch(() => undefined);
  session.on('generation_created', ({ messageStream }) => {
    reading = (async () => {
      text = '';
      for await (const { textStream } of messageStream)
        for await (const words of textStream) {
          text += String(words);
          pieces += 1;
        }
    })();
  });
  await new Promise<void>((resolve) => {
    enough.addEventListener('abort', () => resolve(), { once: true });
    session.on('error', ({ recoverable }) => !recoverable && resolve());
    session.on('metrics_collected', ({ inputTokens }) => inputTokens > 0 && void reading.then(resolve));
    void service.opened.then(ask);
  });
  await service.close();
  return { text, pieces, failures } satisfies Outcome;
};
