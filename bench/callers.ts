/**
 * The callers of a measurement, as LiveKit SIP would bring them: participants of kind SIP with sound both ways. One listens to
 * the greeting, asks, measures when the answer begins, lets it finish, waits a moment and asks again, until it is told to hang
 * up. All of them are one program, bench/callers/.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { getFfmpegPath } from '@livekit/av';
import { z } from 'zod';
import type { Sound } from '../agent/sound.ts';
import { signTicket } from '../dev/line/room.ts';
import type { LivekitServer } from '../dev/stack/livekit-server.ts';
import { repository } from '../dev/stack/program.ts';
import type { RoomTicket } from '../dispatch/room-ticket.ts';
import { withDeadline } from '../shared/faults.ts';
import { scenario } from './scenario.ts';

export const callersProgram = join(repository, '.switchboard', 'bench-callers');
/** LiveKit answers within 10 s or the program gives up. */
const joinDeadlineMs = 20_000;
const partingDeadlineMs = 20_000;
/** Longer than the program waits for an answer and a word. */
const ringDeadlineMs = 60_000;
/** Of a question: what telephones send over a good line. */
const bitRate = '32k';

const nullable = z.number().nullable();
const measuresSchema = z.object({
  /** From the placing of the job to the agent's voice: when LiveKit SIP would answer the INVITE. */
  answeredMs: nullable,
  /** From the placing of the job to the first sound of the greeting. */
  greetedMs: nullable,
  /** From each last word of the caller to the first sound of the answer; null: none came in 8 s. */
  turnsMs: z.array(nullable),
  /** Of the packets of the agent's voice, the share that came more than 60 ms later than the fastest, or never. */
  lateShare: nullable,
});
export type CallMeasures = Readonly<z.infer<typeof measuresSchema>>;

const rangSchema = z.object({
  outcome: z.enum(['answered', 'refused', 'unanswered']),
  /** From the leg's joining to the agent's voice, or to the end of the room. */
  finalMs: nullable,
  firstWordMs: nullable,
});
export type Rang = Readonly<z.infer<typeof rangSchema>>;

const named = { caller: z.string() };
const noticeSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('joined'), ...named }),
  z.object({ event: z.literal('answered'), ...named }),
  z.object({ event: z.literal('ended'), ...named, measured: measuresSchema }),
  z.object({ event: z.literal('rang'), ...named, rang: rangSchema }),
  z.object({ event: z.literal('failed'), ...named, problem: z.string() }),
]);
type Notice = z.infer<typeof noticeSchema>;

export interface Place {
  readonly room: string;
  /** Lets the call in, where the worker's platform asks for that. */
  admit(): Promise<void>;
  /** Puts the worker's job into the room. */
  place(): Promise<void>;
}

export class Callers {
  readonly #livekit: LivekitServer;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #hear = new Map<string, (notice: Notice) => void>();

  /** @param runDir where the question is kept while it is encoded */
  constructor(livekit: LivekitServer, runDir: string, question: Sound) {
    this.#livekit = livekit;
    const asked = encodePackets(question, runDir);
    const args = ['--question', asked, '--pause-ms', String(scenario.pauseMs)];
    this.#child = spawn(callersProgram, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const notice = noticeSchema.parse(JSON.parse(line));
      this.#hear.get(notice.caller)?.(notice);
    });
    this.#child.once('exit', () => {
      const problem = 'the program of the callers has ended';
      for (const [caller, hear] of this.#hear) hear({ event: 'failed', caller, problem });
    });
  }

  /** In its room, with its own track, and nobody there yet. @param firstPauseMs from the end of the greeting to the first question */
  async join({ room }: Pick<Place, 'room'>, firstPauseMs: number): Promise<Caller> {
    const caller = this.#caller(room);
    await caller.join({ url: this.#livekit.url, token: await scenarioTicket(this.#livekit, room), firstPauseMs });
    return caller;
  }

  #caller(name: string): Caller {
    const caller = new Caller(name, (order) => this.#child.stdin.write(`${JSON.stringify(order)}\n`));
    this.#hear.set(name, (notice) => caller.hear(notice));
    return caller;
  }

  /** Joins as a call that has not been answered yet, and leaves after the first word. @param called the number that was dialled */
  async ring(room: string, called: string, from: string): Promise<Rang> {
    const caller = this.#caller(room);
    const token = await signTicket(this.#livekit, ticketOf({ room, called, from, status: 'ringing' }));
    return caller.ring({ url: this.#livekit.url, token });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await gone;
  }
}

export class Caller {
  readonly #name: string;
  readonly #order: (order: object) => void;
  /** Who waits for the order to be carried out. */
  #done: (notice: Notice) => void = () => undefined;
  #isAnswered = false;

  /** @param order hands an order to the program */
  constructor(name: string, order: (order: object) => void) {
    this.#name = name;
    this.#order = order;
  }

  async join(place: { readonly url: string; readonly token: string; readonly firstPauseMs: number }): Promise<void> {
    await withDeadline('joining as a caller', joinDeadlineMs, this.#carriedOut({ do: 'join', ...place }));
  }

  async ring(place: { readonly url: string; readonly token: string }): Promise<Rang> {
    const rang = await withDeadline('ringing', ringDeadlineMs, this.#carriedOut({ do: 'ring', ...place }));
    if (rang.event !== 'rang') throw new Error(`caller ${this.#name}: ${rang.event} instead of rang`);
    return rang.rang;
  }

  /** Calls for an agent, and talks with it from when it comes. */
  begin({ place }: Pick<Place, 'place'>): Promise<void> {
    this.#order({ do: 'begin', caller: this.#name });
    return place();
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  async hangUp(): Promise<CallMeasures> {
    const ended = await withDeadline('hanging up', partingDeadlineMs, this.#carriedOut({ do: 'hangUp' }));
    if (ended.event !== 'ended') throw new Error(`caller ${this.#name}: ${ended.event} instead of ended`);
    return ended.measured;
  }

  hear(notice: Notice): void {
    if (notice.event === 'answered') this.#isAnswered = true;
    else this.#done(notice);
  }

  #carriedOut(order: object): Promise<Notice> {
    return new Promise((resolve, reject) => {
      this.#done = (notice) => {
        if (notice.event === 'failed') reject(new Error(`caller ${this.#name}: ${notice.problem}`));
        else resolve(notice);
      };
      this.#order({ caller: this.#name, ...order });
    });
  }
}

/** @returns path of an Ogg file with a packet of 20 ms a page */
function encodePackets({ sampleRate, samples }: Sound, runDir: string): string {
  const ffmpeg = getFfmpegPath();
  if (ffmpeg === undefined) throw new Error('there is no ffmpeg for this platform: callers cannot ask');
  const from = join(runDir, 'question.pcm');
  const to = join(runDir, 'question.ogg');
  writeFileSync(from, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  const input = ['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', from];
  const packets = ['-c:a', 'libopus', '-b:a', bitRate, '-frame_duration', '20', '-page_duration', '20000'];
  execFileSync(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...input, ...packets, to]);
  return to;
}

/** As LiveKit SIP would bring a caller of the scenario into this room. */
export function scenarioTicket(livekit: LivekitServer, room: string): Promise<string> {
  return signTicket(livekit, ticketOf({ room, called: '2001', from: '+39061234567', status: 'active' }));
}

interface Leg {
  readonly room: string;
  readonly called: string;
  readonly from: string;
  readonly status: 'ringing' | 'active';
}

function ticketOf({ room, called, from, status }: Leg): RoomTicket {
  return {
    room,
    identity: `sip_${from}`,
    name: `Phone ${from}`,
    attributes: {
      'sip.callID': `SCL_${room}`,
      'sip.callIDFull': `${room}@bench`,
      'sip.callTag': 'tag',
      'sip.callStatus': status,
      'sip.trunkPhoneNumber': called,
      'sip.phoneNumber': from,
      'sip.trunkID': 'ST_bench',
      'sip.ruleID': 'SDR_bench',
    },
    emptyTimeoutSeconds: 20,
    departureTimeoutSeconds: 5,
  };
}
