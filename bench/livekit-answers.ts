/**
 * Stands in for LiveKit where only dispatch is measured: tells it of callers as LiveKit's webhooks do, answers at once what it asks,
 * and knows when it closed which room. No room is real, so all that a caller waits for here is dispatch and its database.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { AccessToken } from 'livekit-server-sdk';
import { z } from 'zod';

export interface LegOfNobody {
  readonly room: string;
  readonly called: string;
  readonly caller: string;
}

interface Leg extends LegOfNobody {
  readonly sid: string;
  audible: boolean;
  readonly closed: () => void;
}

const requestSchema = z.object({ room: z.string().default('') });

export class LivekitAnswers {
  readonly apiKey = 'bench';
  readonly apiSecret = randomBytes(32).toString('hex');
  readonly url: string;
  readonly #server: Server;
  readonly #legs = new Map<string, Leg>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<LivekitAnswers> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answers = new LivekitAnswers(server);
    server.on('request', (request, response) => {
      const answer = async () => JSON.stringify(answers.#answer(request.url ?? '', await roomOf(request)));
      answer().then(
        (body) => response.setHeader('content-type', 'application/json').end(body),
        (thrown: unknown) => response.writeHead(500).end(String(thrown)),
      );
    });
    return answers;
  }

  /** A caller joins. @returns how to go on, and when the room was closed */
  async join(dispatchUrl: string, leg: LegOfNobody): Promise<{ publish(): Promise<void>; closed: Promise<void> }> {
    const sid = `PA_${randomBytes(6).toString('hex')}`;
    const closed = new Promise<void>((resolve) => {
      this.#legs.set(leg.room, { ...leg, sid, audible: false, closed: resolve });
    });
    await this.#tell(dispatchUrl, 'participant_joined', leg.room);
    return {
      closed,
      publish: () => {
        const here = this.#legs.get(leg.room);
        if (here !== undefined) here.audible = true;
        return this.#tell(dispatchUrl, 'track_published', leg.room);
      },
    };
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(path: string, room: string): unknown {
    const leg = this.#legs.get(room);
    if (path.endsWith('/ListRooms')) return { rooms: [...this.#legs.keys()].map((name) => ({ name })) };
    if (path.endsWith('/ListParticipants')) return { participants: leg === undefined ? [] : [participant(leg)] };
    if (path.endsWith('/DeleteRoom')) {
      this.#legs.delete(room);
      leg?.closed();
    }
    return {};
  }

  async #tell(dispatchUrl: string, event: string, room: string): Promise<void> {
    const leg = this.#legs.get(room);
    if (leg === undefined) return;
    const track = { sid: `TR_${leg.sid}`, type: 'AUDIO', source: 'MICROPHONE' };
    const body = JSON.stringify({
      ...{ event, id: `EV_${randomBytes(6).toString('hex')}`, createdAt: String(Math.floor(Date.now() / 1_000)) },
      ...{ room: { sid: `RM_${leg.sid}`, name: room }, participant: participant(leg) },
      ...(event === 'track_published' ? { track } : {}),
    });
    const token = new AccessToken(this.apiKey, this.apiSecret);
    token.sha256 = createHash('sha256').update(body).digest('base64');
    const headers = { 'content-type': 'application/webhook+json', authorization: await token.toJwt() };
    const response = await fetch(`${dispatchUrl}/livekit/webhook`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`dispatch answered a webhook with ${response.status}: ${await response.text()}`);
    await response.text();
  }
}

async function roomOf(request: IncomingMessage): Promise<string> {
  return requestSchema.parse(await json(request)).room;
}

/** As LiveKit SIP puts a caller into a room. */
function participant({ sid, called, caller, audible }: Leg) {
  return {
    ...{ sid, identity: `sip_${caller}`, kind: 'SIP', state: 'ACTIVE' },
    tracks: audible ? [{ sid: `TR_${sid}`, type: 'AUDIO', source: 'MICROPHONE' }] : [],
    attributes: {
      'sip.callID': `SCL_${sid}`,
      'sip.callIDFull': `${sid}@bench`,
      'sip.callTag': sid,
      'sip.callStatus': 'ringing',
      'sip.phoneNumber': caller,
      'sip.trunkPhoneNumber': called,
    },
  };
}
