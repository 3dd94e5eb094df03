/**
 * Keys that the caller presses. They reach the model as something the caller said, because the agent may have asked for them
 * ("press one for orders") and must answer. Digits are gathered until a pause or a `#`, or a phone number would be ten turns.
 */
import type { voice } from '@livekit/agents';
import { type Room, RoomEvent } from '@livekit/rtc-node';

const pauseMs = 1_500;

/** @returns stops listening */
export function listenToKeypad(room: Room, session: voice.AgentSession): () => void {
  let pressed = '';
  let timer: NodeJS.Timeout | undefined;

  const say = () => {
    clearTimeout(timer);
    if (pressed !== '') void session.generateReply({ userInput: `[keypad: ${pressed}]` });
    pressed = '';
  };
  const onKey = (_code: number, digit: string) => {
    pressed += digit;
    clearTimeout(timer);
    if (digit === '#') say();
    else timer = setTimeout(say, pauseMs);
  };

  room.on(RoomEvent.DtmfReceived, onKey);
  return () => {
    clearTimeout(timer);
    room.off(RoomEvent.DtmfReceived, onKey);
  };
}
