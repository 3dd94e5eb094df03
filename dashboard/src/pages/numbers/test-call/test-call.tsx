/** Calls a number from this browser. */
import type { PhoneNumber } from '../../../api/numbers.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { Icon } from '../../../parts/icon.tsx';
import { Since } from '../../../parts/moment.tsx';
import { useWords } from '../../../words/speech.tsx';
import { CallRecordView } from './call-record-view.tsx';
import { LiveTranscript } from './live-transcript.tsx';
import { type Phone, usePhone } from './phone.ts';

interface TestCallProps {
  readonly number: PhoneNumber;
  readonly onClose: () => void;
}

export default function TestCall({ number, onClose }: TestCallProps) {
  const { testCallWords: words } = useWords();
  const phone = usePhone(number.id);
  const { state } = phone;
  return (
    <Dialog
      description={words.intro}
      footer={<PhoneKeys phone={phone} />}
      onClose={onClose}
      title={<bdi dir="ltr">{words.title(number.phoneNumber)}</bdi>}
    >
      <PhoneDisplay phone={phone} />
      {phone.isSoundHeld && (
        <p className="mt-3 flex items-center gap-3 text-sm text-warn">
          {words.soundBlocked}
          <Button onClick={phone.allowSound}>{words.allowSound}</Button>
        </p>
      )}
      {state.step === 'in_call' && <LiveTranscript before={state.before} numberId={number.id} />}
      {state.step === 'over' && <CallRecordView before={state.before} numberId={number.id} />}
    </Dialog>
  );
}

function PhoneDisplay({ phone: { state, isMuted } }: { readonly phone: Phone }) {
  const { testCallWords: words } = useWords();
  if (state.step === 'failed') return <Failure state={state} />;
  return (
    <div className="rounded-md bg-sunken p-4 text-center">
      <output className="block font-medium text-lg">{sentenceOf(state, words)}</output>
      {state.step === 'in_call' && (
        <p aria-hidden="true" className="text-2xl">
          <Since at={state.sinceMs} />
        </p>
      )}
      {state.step === 'in_call' && isMuted && <p className="text-sm text-warn">{words.muted}</p>}
    </div>
  );
}

type Words = ReturnType<typeof useWords>['testCallWords'];

function sentenceOf(state: Phone['state'], words: Words): string {
  switch (state.step) {
    case 'preparing':
      return words.preparing;
    case 'ringing':
      return words.ringing;
    case 'in_call':
      return words.inCall;
    case 'over':
      return state.answered ? words.ended : words.notAnswered;
    default:
      return '';
  }
}

function Failure({ state }: { readonly state: Extract<Phone['state'], { step: 'failed' }> }) {
  const { testCallWords: words } = useWords();
  const sentence = {
    insecure: words.insecure,
    denied: words.microphoneDenied,
    no_microphone: words.noMicrophone,
    other: `${words.failed} ${state.detail}`,
  }[state.why];
  return (
    <p className="rounded-md border border-bad bg-bad-soft p-3 text-sm" role="alert">
      {sentence}
    </p>
  );
}

function PhoneKeys({ phone: { state, isMuted, call, hangUp, mute } }: { readonly phone: Phone }) {
  const { testCallWords: words } = useWords();
  if (state.step === 'ringing' || state.step === 'in_call')
    return (
      <>
        {state.step === 'in_call' && (
          <Button aria-pressed={isMuted} onClick={() => mute(!isMuted)}>
            <Icon name="microphone" size={16} />
            {isMuted ? words.unmute : words.mute}
          </Button>
        )}
        <Button onClick={hangUp} tone="danger">
          <Icon name="hangUp" size={16} />
          {words.hangUp}
        </Button>
      </>
    );
  return (
    <Button busy={state.step === 'preparing'} onClick={call} tone="primary">
      <Icon name="phone" size={16} />
      {state.step === 'over' || state.step === 'failed' ? words.again : words.start}
    </Button>
  );
}
