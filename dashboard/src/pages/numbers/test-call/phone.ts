/**
 * A call from this browser to one of our numbers.
 *
 * idle → preparing (microphone, place in a room) → ringing → in_call → over. Refused calls go from ringing to over. failed: it
 * could not be made from here. Whoever closes the window hangs up.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { startTestCall } from '../../../api/numbers.ts';
import { problemOf } from '../../../api/problem.ts';
import { joinLine, type Line, type LineNews, openMicrophone } from '../../../voice/line.ts';
import { type Newest, newestOf } from './record.ts';

type PhoneState =
  | { readonly step: 'idle' }
  | { readonly step: 'preparing' }
  | { readonly step: 'ringing'; readonly before: Newest }
  | { readonly step: 'in_call'; readonly before: Newest; readonly sinceMs: number }
  | { readonly step: 'over'; readonly before: Newest; readonly answered: boolean }
  | {
      readonly step: 'failed';
      readonly why: 'insecure' | 'denied' | 'no_microphone' | 'other';
      readonly detail: string;
    };

export interface Phone {
  readonly state: PhoneState;
  readonly isMuted: boolean;
  readonly isSoundHeld: boolean;
  readonly call: () => void;
  readonly hangUp: () => void;
  readonly mute: (muted: boolean) => void;
  readonly allowSound: () => void;
}

export function usePhone(numberId: string): Phone {
  const [state, setState] = useState<PhoneState>({ step: 'idle' });
  const [isMuted, setMuted] = useState(false);
  const [isSoundHeld, setSoundHeld] = useState(false);
  const line = useRef<Line>(undefined);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      void line.current?.hangUp();
    };
  }, []);
  const hear = useCallback((news: LineNews) => {
    if (news.kind === 'playback') setSoundHeld(!news.allowed);
    else setState((before) => after(before, news.kind));
  }, []);
  const call = async () => {
    setState({ step: 'preparing' });
    setMuted(false);
    try {
      const opened = await dial(numberId, hear, (before) => setState({ step: 'ringing', before }));
      line.current = opened;
      if (isGone.current) await opened.hangUp();
    } catch (thrown) {
      setState(failureOf(thrown));
    }
  };
  return {
    state,
    isMuted,
    isSoundHeld,
    call: () => void call(),
    hangUp: () => void line.current?.hangUp(),
    mute: (muted) => {
      setMuted(muted);
      void line.current?.mute(muted);
    },
    allowSound: () => void line.current?.allowSound(),
  };
}

async function dial(
  numberId: string,
  hear: (news: LineNews) => void,
  ringing: (before: Newest) => void,
): Promise<Line> {
  const microphone = await openMicrophone();
  try {
    // The place in the room is kept for two minutes, so people are asked for the microphone first.
    const [before, ticket] = await Promise.all([newestOf(numberId), startTestCall(numberId)]);
    ringing(before);
    return await joinLine(ticket, hear, microphone);
  } catch (thrown) {
    microphone.stop();
    throw thrown;
  }
}

function after(before: PhoneState, news: 'sound' | 'ended'): PhoneState {
  if (before.step !== 'ringing' && before.step !== 'in_call') return before;
  if (news === 'ended') return { step: 'over', before: before.before, answered: before.step === 'in_call' };
  if (before.step === 'in_call') return before;
  return { step: 'in_call', before: before.before, sinceMs: Date.now() };
}

function failureOf(thrown: unknown): PhoneState {
  const name = thrown instanceof Error ? thrown.name : '';
  const detail = problemOf(thrown).detail;
  if (!window.isSecureContext) return { step: 'failed', why: 'insecure', detail };
  if (name === 'NotAllowedError') return { step: 'failed', why: 'denied', detail };
  if (['NotFoundError', 'NotReadableError', 'OverconstrainedError'].includes(name))
    return { step: 'failed', why: 'no_microphone', detail };
  return { step: 'failed', why: 'other', detail };
}
