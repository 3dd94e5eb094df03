/** Reads a number and its configuration, then lets somebody look at it or change it. */
import { useQueries } from '@tanstack/react-query';
import { readLayer } from '../../../api/configs.ts';
import { readNumber } from '../../../api/numbers.ts';
import { Drawer } from '../../../parts/dialog.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { useWords } from '../../../words/speech.tsx';
import { NumberEditor } from './number-editor.tsx';

interface OpenNumberProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** Read once: what is typed must not be changed by news. */
const once = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0 };

const nothing = () => null;

export function OpenNumber({ id, onClose }: OpenNumberProps) {
  const { numberWords } = useWords();
  const [number, layer] = useQueries({
    queries: [
      { queryKey: ['numbers', id], queryFn: () => readNumber(id) },
      { queryKey: ['layer', id], queryFn: () => readLayer(id), ...once },
    ],
  });
  if (number.data !== undefined && layer.data !== undefined)
    return <NumberEditor layer={layer.data} number={number.data} onClose={onClose} />;
  return (
    <Drawer onClose={onClose} title={numberWords.configuration}>
      {number.error === null ? <Loaded query={layer}>{nothing}</Loaded> : <Loaded query={number}>{nothing}</Loaded>}
    </Drawer>
  );
}
