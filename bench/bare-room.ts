/**
 * The least that an agent can be: it joins, publishes, says a sentence every few seconds and hears the caller, and there is
 * nobody behind it. What a call costs beyond this is the session's, and ours. Its rooms come over HTTP: POST {"url", "token"}.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { voicePublication } from '../agent/publication.ts';
import { framesOf, type Sound } from '../agent/sound.ts';
import {
  AudioSource,
  AudioStream,
  forgetWhenDisconnected,
  LocalAudioTrack,
  lightenLibrary,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
} from '../dev/line/rtc.ts';
import { Speech } from '../dev/providers/speech/speech.ts';
import { untilStopSignal } from '../shared/lifecycle.ts';
import { createLog } from '../shared/log.ts';
import { scenario } from './scenario.ts';

const spokenRate = 24_000;
const heardRate = 16_000;
/** As long as a caller of the scenario thinks and asks. */
const betweenSentencesMs = 5_000;
const orderSchema = z.object({ url: z.string(), token: z.string() });
const { values } = parseArgs({ options: { port: { type: 'string' } } });

async function serve({ url, token }: z.infer<typeof orderSchema>, sentence: Sound): Promise<void> {
  const room = new Room();
  const source = new AudioSource(sentence.sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('bare', source);
  forgetWhenDisconnected(room);
  const gone = new Promise<void>((resolve) => room.once(RoomEvent.Disconnected, () => resolve()));
  room.on(RoomEvent.ParticipantDisconnected, () => void room.disconnect());
  const hear = async (remote: RemoteTrack) => {
    const heard: ReadableStream<unknown> = new AudioStream(remote, { sampleRate: heardRate, numChannels: 1 });
    const ear = heard.getReader();
    void gone.then(() => ear.cancel());
    while (!(await ear.read()).done);
  };
  room.on(RoomEvent.TrackSubscribed, (remote) => {
    if (remote.kind === TrackKind.KIND_AUDIO) void hear(remote);
  });
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  await room.localParticipant?.publishTrack(track, voicePublication());
  while (room.isConnected) {
    for (const frame of framesOf(sentence)) await source.captureFrame(frame);
    await Promise.race([gone, pause(betweenSentencesMs)]);
  }
  await track.close();
}

const log = createLog({ service: 'bare-room', level: 'info', showPii: false });
await lightenLibrary(log);
const samples = await (await Speech.open(log)).say(scenario.answer, scenario.language, spokenRate);
const take = async (request: IncomingMessage) => {
  const order = orderSchema.parse(JSON.parse(await text(request)));
  await serve(order, { sampleRate: spokenRate, samples });
};
const server = createServer((request, response) => {
  take(request).catch((err: unknown) => log.warn({ err }, 'the room is over'));
  response.end();
}).listen(Number(values.port), '127.0.0.1', () => log.info('ready'));
await untilStopSignal();
server.close();
