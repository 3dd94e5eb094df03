import { voice } from '@livekit/agents';
import { RoomEvent } from '@livekit/rtc-node';
import { expect, test } from 'vitest';
import { waitFor } from '../../../../dev/stack/wait.ts';
import { openToolWorld, outputsOf } from './tool-world.ts';

const digits = { count: 4, terminator: '#', timeout_s: 2, ask: 'Your customer number, please.' };

async function openKeypadWorld(args: object = {}) {
  const world = await openToolWorld({
    config: { tools: { collect_digits: { enabled: true } } },
    responses: [
      { input: 'I have a number', toolCalls: [{ name: 'collect_digits', args: { ...digits, ...args } }] },
      { input: '[keypad: 7#]', content: 'Seven.' },
    ],
  });
  const { context, session } = world;
  context.releases.add('keypad', context.keypad.listen(session));
  const press = (keys: string) => {
    for (const key of keys) context.room.room.emit(RoomEvent.DtmfReceived, 0, key, context.caller);
  };
  const run = world.run('I have a number');
  await waitFor(() => context.activity.busy, { what: 'the tool to wait', deadlineMs: 5_000 });
  return { ...world, press, run };
}

test('digits that were asked for go to the agent in one piece, and to nobody’s log (R4.5)', async () => {
  const world = await openKeypadWorld();
  world.press('1234');
  expect(outputsOf(await world.run)).toEqual(['Pressed: 1234.']);
  await world.close();
  expect(world.lines.filter(({ pii: _pii, ...open }) => JSON.stringify(open).includes('1234'))).toEqual([]);
  expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'keys pressed', count: 4 }));
});

test('the caller ends the digits early with the key that was named (R4.5)', async () => {
  const world = await openKeypadWorld();
  world.press('12#');
  expect(outputsOf(await world.run)).toEqual(['Pressed: 12.']);
  await world.close();
});

test('a caller who presses too little, or nothing, is not waited for without end (R4.5)', async () => {
  const world = await openKeypadWorld();
  world.press('1');
  expect(outputsOf(await world.run)).toEqual(['Pressed: 1; then no key for too long (1 of 4).']);
  await world.close();
});

test('a caller who answers in words instead is answered (R4.5)', async () => {
  const world = await openKeypadWorld({ timeout_s: 60 });
  const heard = {
    transcript: 'I forgot it',
    isFinal: true,
    language: null,
    itemId: null,
    speakerId: null,
    createdAt: 0,
  };
  const event: voice.UserInputTranscribedEvent = { type: 'user_input_transcribed', ...heard };
  world.session.emit(voice.AgentSessionEventTypes.UserInputTranscribed, event);
  expect(outputsOf(await world.run)).toEqual([expect.stringContaining('the caller spoke instead')]);
  await world.close();
});

test('keys that nobody asked for are something the caller says, before and after (R1.7)', async () => {
  const world = await openKeypadWorld();
  world.press('1234');
  await world.run;
  world.press('7#');
  const said = () =>
    world.session.history.items.some((item) => item.type === 'message' && item.textContent === 'Seven.');
  await waitFor(said, { what: 'the answer to the key', deadlineMs: 5_000 });
  await world.close();
});
