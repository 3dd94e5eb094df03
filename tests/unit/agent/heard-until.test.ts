import { AudioFrame } from '@livekit/rtc-node';
import { beforeEach, describe, expect, test } from 'vitest';
import { HeardUntil } from '../../../agent/heard-until.ts';

const frame = new AudioFrame(new Int16Array(2_304), 24_000, 1, 2_304);
let nowMs: number;
let heard: HeardUntil;
beforeEach(() => {
  nowMs = 5_000;
  heard = new HeardUntil(() => nowMs);
});

describe('what a detector reads of a caller', () => {
  test('in the first third of a frame was spoken two windows before that came (R3.3)', () => {
    heard.note(frame);
    expect(heard.ageMs(32)).toBe(64);
    expect(heard.ageMs(96)).toBe(0);
  });

  test('is as old as the thread is late that reads it (R3.3)', () => {
    heard.note(frame);
    nowMs += 40;
    expect(heard.ageMs(64)).toBe(72);
    nowMs += 20;
    heard.note(frame);
    expect(heard.ageMs(64)).toBe(128);
  });

  test('is counted from zero again when the detector does (R3.3)', () => {
    heard.note(frame);
    heard.note(Symbol('flush'));
    heard.note(frame);
    expect(heard.ageMs(96)).toBe(0);
  });

  test('is neither from the future nor older than a second, whatever is counted (R3.3)', () => {
    heard.note(frame);
    expect(heard.ageMs(500)).toBe(0);
    nowMs += 60_000;
    expect(heard.ageMs(0)).toBe(1_000);
  });
});
