/**
 * A call without a caller: joins a room, publishes, hears and leaves, before the first real one does.
 *
 * The native library opens its threads, sound devices and codecs with the first room (it even looks for a graphics card) and
 * closes all of it with the last one, so that not only the first caller of a shard waits for it, but everyone who calls while
 * nobody else does. One room that is held, long after it was left, keeps them open.
 */
import { randomUUID } from 'node:crypto';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
} from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { type RoomName, roomNameSchema } from '../shared/ids.ts';
import { Releases } from '../shared/lifecycle.ts';
import { forgetRoom } from './patches/ffi-client.ts';
import type { Rooms } from './platform.ts';
import { voicePublication } from './publication.ts';
import type { ServerAccess } from './worker-protocol.ts';

const sampleRate = 24_000;
const ticketLifeS = 30;

/** Not a room of any dispatch rule: `dispatch` leaves it alone. */
const roomPrefix = 'rehearsal_';

/** As long as the process lives, and one for the process: so is what it keeps open. */
const held = new Set<Room>();

export async function rehearseRoom(server: ServerAccess, rooms: Rooms): Promise<void> {
  const name = roomNameSchema.parse(`${roomPrefix}${randomUUID()}`);
  const releases = new Releases();
  try {
    releases.add('room', () => rooms.delete(name));
    const [agent, caller] = await Promise.all([joined(server, name, 'agent'), joined(server, name, 'caller')]);
    for (const room of [agent, caller]) releases.add('participant', () => leave(room));
    const heard = firstSound(agent);
    await Promise.all([speak(caller, releases), speak(agent, releases), heard]);
    held.add(agent);
  } finally {
    await releases.close();
  }
}

async function joined({ url, apiKey, apiSecret }: ServerAccess, name: RoomName, identity: string): Promise<Room> {
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: ticketLifeS });
  token.addGrant({ roomJoin: true, room: name, canPublish: true, canSubscribe: true });
  const room = new Room();
  await room.connect(url, await token.toJwt(), { autoSubscribe: true, dynacast: false });
  return room;
}

async function leave(room: Room): Promise<void> {
  await room.disconnect();
  forgetRoom(room);
}

/** A tone, because silence is not sent. Resolves when somebody listens. */
async function speak(room: Room, releases: Releases): Promise<void> {
  const source = new AudioSource(sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('rehearsal', source);
  releases.add('track', () => track.close(true));
  const publication = await room.localParticipant?.publishTrack(track, voicePublication());
  await publication?.waitForSubscription();
  const tone = Int16Array.from({ length: sampleRate / 2 }, (_, at) => 4_000 * Math.sin(at / 10));
  await source.captureFrame(new AudioFrame(tone, sampleRate, 1, tone.length));
}

/** Resolves when sound of the other one has come. */
function firstSound(room: Room): Promise<void> {
  return new Promise((resolve, reject) => {
    room.once(RoomEvent.TrackSubscribed, (track) => void readOnce(track).then(resolve, reject));
  });
}

async function readOnce(track: RemoteTrack): Promise<void> {
  const reader = new AudioStream(track, { sampleRate, numChannels: 1 }).getReader();
  await reader.read();
  await reader.cancel();
}
