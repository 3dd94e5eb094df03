import { useEffect, useRef, useState } from 'react';
import { TextField } from './field.tsx';
import { useSettled } from './settled.ts';

interface SearchFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onSettle: (text: string) => void;
}

const settledAfterMs = 350;

/** Tells what is typed once the typing rests. */
export function SearchField({ label, hint, value, onSettle }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const settled = useSettled(text, settledAfterMs);
  const told = useRef(value);
  useEffect(() => {
    // Somebody else emptied it, as with all filters at once.
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    const trimmed = settled.trim();
    if (trimmed === told.current) return;
    told.current = trimmed;
    onSettle(trimmed);
  }, [settled, onSettle]);
  return <TextField hint={hint} label={label} onChange={setText} type="search" value={text} />;
}
