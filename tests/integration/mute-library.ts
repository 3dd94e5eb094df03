/**
 * Loaded into the pool before its own code: a library that cannot publish, once for each time that the file named in `?once=`
 * is written. Who publishes next can.
 */
import { existsSync, rmSync } from 'node:fs';
import { LocalParticipant } from '@livekit/rtc-node';

const order = new URL(import.meta.url).searchParams.get('once') ?? '';
const { publishTrack } = LocalParticipant.prototype;

LocalParticipant.prototype.publishTrack = async function publishUnlessMute(...args) {
  if (existsSync(order)) {
    rmSync(order);
    throw new Error('publishing is broken');
  }
  return publishTrack.apply(this, args);
};
