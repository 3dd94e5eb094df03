/** Plays recordings into a room. LiveKit SIP answers the caller's INVITE when it sees the track. */
import { AudioSource, LocalAudioTrack, type Room } from '@livekit/rtc-node';
import { withDeadline } from '../shared/faults.ts';
import { voicePublication } from './publication.ts';
import { framesOf, type Sound } from './sound.ts';

const publishDeadlineMs = 5_000;

/** Steps: publish() → play(), as often as wanted → close(). */
export class Announcer {
  readonly #source: AudioSource;
  #track: LocalAudioTrack | undefined;

  /** @param sampleRate of every sound that is played */
  constructor(sampleRate: number) {
    this.#source = new AudioSource(sampleRate, 1);
  }

  /** Resolves when somebody listens: what is played earlier is heard by nobody. */
  async publish(room: Room): Promise<void> {
    this.#track = LocalAudioTrack.createAudioTrack('announcement', this.#source);
    const work = room.localParticipant?.publishTrack(this.#track, voicePublication());
    const heard = work?.then((publication) => publication.waitForSubscription());
    await withDeadline('publishing audio', publishDeadlineMs, Promise.resolve(heard));
  }

  /** Resolves when all of it has left; on the line it is heard a moment later. */
  async play(sound: Sound): Promise<void> {
    for (const frame of framesOf(sound)) await this.#source.captureFrame(frame);
    await this.#source.waitForPlayout();
  }

  async close(): Promise<void> {
    await this.#track?.close(false);
    await this.#source.close();
  }
}
