/** Listening in to a live call. It is asked for first, and a bar says all the while that it is written down. */
import { useEffect, useState } from 'react';
import { type Call, listenIn } from '../../api/calls.ts';
import { problemOf } from '../../api/problem.ts';
import { instantly } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { Line, LineNews } from '../../voice/line.ts';
import { useWords } from '../../words/speech.tsx';

interface ListenConfirmProps {
  readonly onAgree: () => void;
  readonly onClose: () => void;
}

export function ListenConfirm({ onAgree, onClose }: ListenConfirmProps) {
  const { callWords } = useWords();
  return (
    <Confirm
      action={instantly(onAgree)}
      input={undefined}
      onClose={onClose}
      title={callWords.listenTitle}
      verb={callWords.listen}
    >
      {callWords.listenText}
    </Confirm>
  );
}

type Listening =
  | { readonly state: 'joining' }
  | { readonly state: 'listening'; readonly line: Line }
  | { readonly state: 'over' }
  | { readonly state: 'failed'; readonly why: string };

export function ListeningBar({ call, onClose }: { readonly call: Call; readonly onClose: () => void }) {
  const { callWords, testCallWords } = useWords();
  const { listening, isSoundHeld } = useListening(call.id);
  const said = {
    joining: callWords.listeningJoins,
    listening: callWords.listening(call.caller ?? callWords.hiddenCaller, call.called),
    over: callWords.listeningOver,
    failed: `${callWords.listeningFailed} ${listening.state === 'failed' ? listening.why : ''}`,
  }[listening.state];
  return (
    <div className="sticky top-0 z-20 mb-3 flex flex-wrap items-center gap-3 rounded-md border border-warn bg-warn-soft p-3 text-sm">
      <Icon name="ear" />
      <output className="min-w-0 flex-1" dir="auto">
        {said}
      </output>
      {isSoundHeld && listening.state === 'listening' && (
        <Button onClick={() => void listening.line.allowSound()}>{testCallWords.allowSound}</Button>
      )}
      <Button onClick={onClose}>{callWords.stopListening}</Button>
    </div>
  );
}

function useListening(callId: string) {
  const [listening, setListening] = useState<Listening>({ state: 'joining' });
  const [isSoundHeld, setSoundHeld] = useState(false);
  useEffect(() => {
    let isGone = false;
    let line: Line | undefined;
    const hear = (news: LineNews) => {
      if (news.kind === 'playback') setSoundHeld(!news.allowed);
      if (news.kind === 'ended' && !isGone) setListening({ state: 'over' });
    };
    const join = async () => {
      // LiveKit's client is large: who never listens never loads it.
      const [{ joinLine }, ticket] = await Promise.all([import('../../voice/line.ts'), listenIn(callId)]);
      if (isGone) return;
      line = await joinLine(ticket, hear);
      if (isGone) await line.hangUp();
      else setListening({ state: 'listening', line });
    };
    join().catch((thrown: unknown) => {
      if (!isGone) setListening({ state: 'failed', why: problemOf(thrown).detail });
    });
    return () => {
      isGone = true;
      void line?.hangUp();
    };
  }, [callId]);
  return { listening, isSoundHeld };
}
