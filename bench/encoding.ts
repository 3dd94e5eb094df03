/** npm run bench:encoding: what a published voice costs at different bit rates, a thread at a time, talking and silent. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { voiceBitrate, voicePublication } from '../agent/publication.ts';
import { AudioSource, dispose, LocalAudioTrack, lightenLibrary, Room } from '../dev/line/rtc.ts';
import { SteadyVoice } from '../dev/line/steady-voice.ts';
import { Speech } from '../dev/providers/speech/speech.ts';
import { type LivekitServer, startLivekitServer } from '../dev/stack/livekit-server.ts';
import { say } from '../dev/start/printing.ts';
import { tableOf } from '../shared/columns.ts';
import { Releases } from '../shared/lifecycle.ts';
import { createLog } from '../shared/log.ts';
import { scenarioTicket } from './callers.ts';
import { scenario } from './scenario.ts';

const bitrates = [24_000, 48_000, 64_000, voiceBitrate, 128_000];
const tracks = 6;
const measuredMs = 8_000;
const settlingMs = 1_500;
const sampleRate = 24_000;
const frameSamples = SteadyVoice.samplesPerFrame(sampleRate);
const threads = ['AudioEncoder', 'worker_thread 0', 'AudioSourceCapt', 'node'];

/** Seconds of processor time so far, by the name of the thread. */
function cpuByThread(): ReadonlyMap<string, number> {
  const spent = new Map<string, number>();
  for (const id of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    spent.set(name, (spent.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100);
  }
  return spent;
}

/** One room with one published track. */
async function publish(livekit: LivekitServer, bitrate: number, voice: Int16Array | undefined, releases: Releases) {
  const room = new Room();
  const name = `encoding_${Math.random()}`;
  await room.connect(livekit.url, await scenarioTicket(livekit, name), { autoSubscribe: true, dynacast: false });
  releases.add('room', () => room.disconnect());
  const source = new AudioSource(sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('encoding', source);
  releases.add('track', () => track.close());
  await room.localParticipant?.publishTrack(track, voicePublication(bitrate));
  if (voice === undefined) return;
  let at = 0;
  const speaking = new SteadyVoice(source, () => {
    const samples = Int16Array.from({ length: frameSamples }, (_, i) => voice[(at + i) % voice.length] ?? 0);
    at += frameSamples;
    return samples;
  });
  releases.add('voice', async () => speaking.stop());
}

/** Per cent of a core that one track takes in each of the threads. */
async function measure(livekit: LivekitServer, bitrate: number, voice: Int16Array | undefined): Promise<string[]> {
  const releases = new Releases();
  try {
    for (let at = 0; at < tracks; at += 1) await publish(livekit, bitrate, voice, releases);
    await pause(settlingMs);
    const before = cpuByThread();
    await pause(measuredMs);
    const after = cpuByThread();
    const spentS = (thread: string) => (after.get(thread) ?? 0) - (before.get(thread) ?? 0);
    return threads.map((thread) => `${((spentS(thread) / (measuredMs / 1000) / tracks) * 100).toFixed(2)} %`);
  } finally {
    await releases.close();
  }
}

const runDir = mkdtempSync(join(tmpdir(), 'switchboard-encoding-'));
const log = createLog({ service: 'bench', level: 'warn', showPii: false });
await lightenLibrary(log);
const voice = await (await Speech.open(log)).say(scenario.answer, scenario.language, sampleRate);
const livekit = await startLivekitServer({ runDir });
try {
  const rows: string[][] = [];
  for (const bitrate of bitrates)
    for (const [what, sound] of [['talks', voice] as const, ['is silent', undefined] as const])
      rows.push([`${bitrate / 1000} kbit/s`, what, ...(await measure(livekit, bitrate, sound))]);
  say(tableOf([['BIT RATE', 'THE VOICE', ...threads.map((name) => name.toUpperCase())], ...rows]));
} finally {
  await livekit.close();
  rmSync(runDir, { recursive: true, force: true });
}
await dispose();
