/** A place in a LiveKit room: its sound is played here; whoever wants to be heard brings a microphone. */
import { Room, RoomEvent, Track } from 'livekit-client';

export type LineNews =
  /** Somebody is heard: the call is answered. */
  | { readonly kind: 'sound' }
  /** Whether the browser plays it; some do only after a click. */
  | { readonly kind: 'playback'; readonly allowed: boolean }
  | { readonly kind: 'ended' };

export interface Line {
  readonly mute: (muted: boolean) => Promise<void>;
  /** In answer to a click. */
  readonly allowSound: () => Promise<void>;
  readonly hangUp: () => Promise<void>;
}

export interface Ticket {
  readonly url: string;
  readonly token: string;
}

/** Asks whoever looks, if the browser does not know their answer. @throws DOMException */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  const audio = { echoCancellation: true, noiseSuppression: true };
  const [track] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks();
  if (track === undefined) throw new DOMException('a microphone without a track', 'NotFoundError');
  return track;
}

const asVoice = { source: Track.Source.Microphone };

export async function joinLine(
  { url, token }: Ticket,
  tell: (news: LineNews) => void,
  microphone?: MediaStreamTrack,
): Promise<Line> {
  const room = new Room();
  playEverything(room, tell);
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => tell({ kind: 'playback', allowed: room.canPlaybackAudio }));
  room.on(RoomEvent.Disconnected, () => {
    microphone?.stop();
    tell({ kind: 'ended' });
  });
  try {
    await room.connect(url, token);
    const voice = microphone === undefined ? undefined : await room.localParticipant.publishTrack(microphone, asVoice);
    return {
      mute: async (muted) => {
        await (muted ? voice?.mute() : voice?.unmute());
      },
      allowSound: () => room.startAudio(),
      hangUp: () => room.disconnect(),
    };
  } catch (thrown) {
    await room.disconnect();
    microphone?.stop();
    throw thrown;
  }
}

function playEverything(room: Room, tell: (news: LineNews) => void): void {
  const players = new Set<HTMLMediaElement>();
  room.on(RoomEvent.TrackSubscribed, (track) => {
    if (track.kind !== Track.Kind.Audio) return;
    const player = track.attach();
    players.add(player);
    document.body.append(player);
    tell({ kind: 'sound' });
  });
  const silence = (player: HTMLMediaElement) => {
    players.delete(player);
    player.remove();
  };
  room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach(silence));
  room.on(RoomEvent.Disconnected, () => players.forEach(silence));
}
