/**
 * A configuration while somebody changes it. It lies over the version that was read (`base`): what is saved meanwhile by
 * others never takes away what was written here.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { checkLayer, type FieldMessage, type Layer, readEffective } from '../../../api/configs.ts';
import { type JsonObject, type JsonValue, same } from '../../../api/json.ts';
import type { PhoneNumber } from '../../../api/numbers.ts';
import { rebased, withoutValue, withValue } from '../../../config/paths.ts';
import { useSettled } from '../../../parts/settled.ts';
import { PresentConfig } from './present.ts';

type CheckState = 'checking' | 'checked' | 'failed';

export interface Draft {
  readonly base: Layer;
  readonly config: JsonObject;
  readonly label: string;
  /** Undefined: nobody wrote another one here. */
  readonly newLabel: string | undefined;
  readonly isDirty: boolean;
  readonly present: PresentConfig;
  readonly outcome: 'usable' | 'missing' | 'invalid' | undefined;
  readonly messages: readonly FieldMessage[];
  readonly check: CheckState;
  readonly setLabel: (label: string) => void;
  readonly set: (path: string, value: JsonValue) => void;
  readonly reset: (path: string) => void;
  /** Goes on from another version; what was written stays or goes. */
  readonly adopt: (base: Layer, mine: 'kept' | 'dropped') => void;
}

const checkAfterMs = 300;

export function useDraft(number: PhoneNumber, layer: Layer, canWrite: boolean): Draft {
  const [base, setBase] = useState(layer);
  const [config, setConfig] = useState<JsonObject>(layer.config);
  const [label, setLabel] = useState(number.label);
  // As it was at first: one that somebody else writes meanwhile is not put back.
  const [labelBefore] = useState(number.label);
  const checked = useCheck(number.id, config, canWrite);
  return {
    base,
    config,
    label,
    newLabel: label === labelBefore ? undefined : label,
    isDirty: label !== labelBefore || !same(config, base.config),
    ...checked,
    setLabel,
    set: (path, value) => setConfig((before) => withValue(before, path.split('.'), value)),
    reset: (path) => setConfig((before) => withoutValue(before, path.split('.'))),
    adopt: (theirs, mine) => {
      setConfig((before) => (mine === 'kept' ? rebased(base.config, before, theirs.config) : theirs.config));
      setBase(theirs);
    },
  };
}

/** Who only looks needs no check: what is saved is what holds. */
function useCheck(id: string, config: JsonObject, canWrite: boolean) {
  const settled = useSettled(config, checkAfterMs);
  const saved = useQuery({ queryKey: ['effective', id], queryFn: () => readEffective(id) });
  const checked = useQuery({
    queryKey: ['check', id, settled],
    queryFn: () => checkLayer(id, settled),
    placeholderData: keepPreviousData,
    gcTime: 0,
    enabled: canWrite,
  });
  const newest = checked.data?.effective ?? saved.data;
  // What does not come to anything tells nothing of its fields; what held before is still the best that is known.
  const usable = newest?.outcome === 'usable' ? newest : saved.data;
  const present = useMemo(() => new PresentConfig(usable), [usable]);
  const invalid = newest?.outcome === 'invalid' ? newest.problems : [];
  const isBehind = settled !== config || checked.isPlaceholderData || checked.isPending;
  return {
    present,
    outcome: newest?.outcome,
    messages: [...(checked.data?.problems ?? invalid)],
    check: checkState(canWrite && isBehind, checked.error),
  };
}

function checkState(isBehind: boolean, error: Error | null): CheckState {
  if (error !== null) return 'failed';
  return isBehind ? 'checking' : 'checked';
}
