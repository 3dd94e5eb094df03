import { EventEmitter } from 'node:events';
import { voice } from '@livekit/agents';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MuteWatch } from '../../../agent/mute-watch.ts';

const events = voice.AgentSessionEventTypes;
const session = Object.assign(new EventEmitter(), { userState: 'listening' });
const activity = { busy: false };
const sound = { lastSoundMs: 0 };
let alarms = 0;
let stop = () => undefined as unknown;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  session.removeAllListeners();
  Object.assign(session, { userState: 'listening' });
  Object.assign(activity, { busy: false });
  Object.assign(sound, { lastSoundMs: 0 });
  alarms = 0;
  stop = new MuteWatch(session as never, activity, sound).start(() => alarms++);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);
const soundLeaves = () => Object.assign(sound, { lastSoundMs: performance.now() });

function speech() {
  const state = { done: false, interrupted: false };
  const handle = {
    done: () => state.done,
    get interrupted() {
      return state.interrupted;
    },
  };
  session.emit(events.SpeechCreated, { speechHandle: handle });
  return { end: (how: { interrupted: boolean } = { interrupted: false }) => Object.assign(state, { done: true }, how) };
}
const toolsDone = (outputs: unknown[]) => session.emit(events.FunctionToolsExecuted, { functionCallOutputs: outputs });

test('an agent that owes an answer and is not heard for six seconds is noticed, once (R4.2)', () => {
  speech();
  pass(5_500);
  expect(alarms).toBe(0);
  pass(1_000);
  expect(alarms).toBe(1);
  pass(60_000);
  expect(alarms).toBe(1);
});

test('an agent that is heard, and one that has nothing to say, is let be (R4.2)', () => {
  pass(60_000);
  const answer = speech();
  pass(2_000);
  for (let second = 0; second < 30; second += 1) {
    soundLeaves();
    pass(1_000);
  }
  answer.end();
  pass(60_000);
  expect(alarms).toBe(0);
});

test('an answer that breaks off in the middle is noticed (R4.2)', () => {
  speech();
  pass(1_000);
  soundLeaves();
  pass(6_500);
  expect(alarms).toBe(1);
});

test('an answer that is over without a sound is owed still (R4.2)', () => {
  speech().end();
  pass(6_500);
  expect(alarms).toBe(1);
});

test('while the caller speaks, or after they interrupted, nothing is owed (R4.2)', () => {
  const answer = speech();
  Object.assign(session, { userState: 'speaking' });
  pass(20_000);
  answer.end({ interrupted: true });
  Object.assign(session, { userState: 'listening' });
  pass(20_000);
  expect(alarms).toBe(0);
});

test('a tool may take its time; what comes of it is owed from then on (R4.2)', () => {
  speech();
  Object.assign(activity, { busy: true });
  pass(30_000);
  Object.assign(activity, { busy: false });
  toolsDone([{ output: '42' }]);
  pass(5_500);
  expect(alarms).toBe(0);
  pass(1_000);
  expect(alarms).toBe(1);
});

test('a tool that wants no answer gets none (R4.2)', () => {
  const answer = speech();
  toolsDone([undefined]);
  answer.end();
  pass(60_000);
  expect(alarms).toBe(0);
});
