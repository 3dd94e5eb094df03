import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMessage } from '../../dev/line/parse.ts';
import { parseRtp } from '../../dev/line/rtp.ts';
import { negotiate } from '../../dev/line/sdp.ts';
import { placeCall } from '../../dev/phone/phone.ts';
import { scenarioOf, sipp } from '../support/sipp.ts';
import { answer } from './agent.ts';
import { loudestTone } from './tone.ts';
import { tortureMessages, wire } from './torture.ts';
import { startWorld, type World } from './world.ts';

const good = Buffer.concat(tortureMessages.slice(0, 3).map(wire));
const datagrams = 3_000;
const batch = 50;
const rtpPorts = { first: 10_000, last: 12_000 };

test('no bytes make a reader throw (R1.2)', () => {
  const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.oneof(bytes, damaged()), (datagram) => {
      parseMessage(datagram);
      parseRtp(datagram);
      negotiate(datagram.toString('utf8'));
    }),
    { numRuns: 2_000 },
  );
});

describe('a call that goes on while garbage comes in', () => {
  let world: World;
  let socket: Socket;
  beforeAll(async () => {
    world = await startWorld();
    socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });
  afterAll(async () => {
    socket.close();
    await world.close();
  });

  test('the caller hears the agent as if nothing had happened (R1.2)', async () => {
    const calling = placeCall({ target: world.sip, called: '4301', caller: '4302', hangUpAfterMs: 4_500 });
    const agent = await answer(world.livekit, (await world.caller('4301')).room);
    await Promise.all([agent.play(880, 3), flood()]);
    const { final, endedBy, heard } = await calling;
    expect({ status: final?.status, endedBy }).toEqual({ status: 200, endedBy: 'caller' });
    expect(loudestTone(heard.samples, 8_000, [440, 880, 1_320]).hertz).toBe(880);
    await sipp({
      scenario: scenarioOf('line', 'uac-options-expect-200'),
      called: '4303',
      sipPort: world.target.sipPort,
    });
    await agent.leave();
  });

  /** Damaged messages to the SIP port, damaged bytes to all RTP ports, in batches that the receive buffer can hold. */
  async function flood(): Promise<void> {
    const samples = fc.sample(damaged(), datagrams);
    for (const [i, datagram] of samples.entries()) {
      socket.send(datagram, world.target.sipPort, '127.0.0.1');
      socket.send(datagram, rtpPorts.first + ((i * 2) % (rtpPorts.last - rtpPorts.first)), '127.0.0.1');
      if (i % batch === 0) await delay(5);
    }
  }
});

/** Good messages with some bytes replaced, and cut off somewhere. */
function damaged(): fc.Arbitrary<Buffer> {
  const place = fc.nat({ max: good.length - 1 });
  const wounds = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 12 });
  return fc.tuple(wounds, place, place).map(([bytes, a, b]) => {
    const copy = Buffer.from(good);
    for (const [at, byte] of bytes) copy[at] = byte;
    return copy.subarray(Math.min(a, b), Math.max(a, b));
  });
}
