/** Whether a number answers. Switching it off is asked for twice: callers are on it. */
import { useState } from 'react';
import { changeNumber, type PhoneNumber } from '../../api/numbers.ts';
import { useAction } from '../../parts/action.ts';
import { Badge } from '../../parts/badge.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toast.tsx';
import { Toggle } from '../../parts/toggle.tsx';
import { useWords } from '../../words/speech.tsx';

interface NumberSwitchProps {
  readonly number: PhoneNumber;
  readonly canWrite: boolean;
}

export function NumberSwitch({ number: { id, phoneNumber, active }, canWrite }: NumberSwitchProps) {
  const { numberWords, problems } = useWords();
  const toast = useToast();
  const [isAsked, setAsked] = useState(false);
  const change = useAction((wanted: boolean) => changeNumber(id, { active: wanted }), {
    stale: [['numbers']],
    done: ({ active: isOn }) => {
      setAsked(false);
      toast(isOn ? numberWords.switchedOn : numberWords.switchedOff);
    },
  });
  if (!canWrite)
    return <Badge tone={active ? 'good' : 'neutral'}>{active ? numberWords.active : numberWords.inactive}</Badge>;
  return (
    <span className="flex items-center gap-2">
      <Toggle
        checked={active}
        disabled={change.busy}
        label={numberWords.switchLabel(phoneNumber)}
        onChange={(wanted) => (wanted ? change.run(true) : setAsked(true))}
      />
      <span className="text-muted text-xs">{active ? numberWords.active : numberWords.inactive}</span>
      {change.problem !== undefined && !isAsked && (
        <span className="text-bad text-xs" role="alert">
          {(problems[change.problem.reason] ?? problems.fault).title}
        </span>
      )}
      {isAsked && (
        <Confirm
          action={change}
          input={false}
          onClose={() => setAsked(false)}
          title={numberWords.switchOffTitle(phoneNumber)}
          verb={numberWords.switchOff}
        >
          {numberWords.switchOffText}
        </Confirm>
      )}
    </span>
  );
}
