/**
 * Loaded into the pool before its own code: a library that fails to do one thing, once for each time that the file named in
 * `?once=` is written with its name. Whoever does it next can.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { voice } from '@livekit/agents';
import { LocalParticipant } from '@livekit/rtc-node';

export type Broken = 'publish' | 'say';

const order = new URL(import.meta.url).searchParams.get('once') ?? '';
const { publishTrack } = LocalParticipant.prototype;
const { say } = voice.AgentSession.prototype;

function failWhenAsked(what: Broken): void {
  if (!existsSync(order) || readFileSync(order, 'utf8') !== what) return;
  rmSync(order);
  throw new Error(`${what} is broken`);
}

LocalParticipant.prototype.publishTrack = async function publishUnlessMute(...args) {
  failWhenAsked('publish');
  return publishTrack.apply(this, args);
};

voice.AgentSession.prototype.say = function sayUnlessMute(...args) {
  failWhenAsked('say');
  return say.apply(this, args);
};
