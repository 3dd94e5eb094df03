import { type Call, hangUp } from '../../api/calls.ts';
import { useAction } from '../../parts/action.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

export function HangUp({ call, onClose }: { readonly call: Call; readonly onClose: () => void }) {
  const { callWords } = useWords();
  const toast = useToast();
  const end = useAction(hangUp, {
    done: () => {
      toast(callWords.hungUp);
      onClose();
    },
  });
  return (
    <Confirm action={end} input={call.id} onClose={onClose} title={callWords.hangUpTitle} verb={callWords.hangUp}>
      <bdi>{callWords.hangUpText(call.caller ?? callWords.hiddenCaller, call.called)}</bdi>
    </Confirm>
  );
}
