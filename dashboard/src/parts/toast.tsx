/** Short news of what was done, at the edge of the page; screen readers are told politely. */
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { useWords } from '../words/speech.tsx';
import { IconButton } from './button.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
}

const shownMs = 6_000;
const mostShown = 3;
const ToastContext = createContext<(text: string) => void>(() => undefined);

export function useToast(): (text: string) => void {
  return use(ToastContext);
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const drop = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const say = useMemo(() => {
    let last = 0;
    return (text: string) => {
      last += 1;
      const id = last;
      setToasts((shown) => [...shown, { id, text }].slice(-mostShown));
      setTimeout(() => drop(id), shownMs);
    };
  }, [drop]);
  return (
    <ToastContext value={say}>
      {children}
      <div
        aria-live="polite"
        className="pointer-events-none fixed inset-x-3 bottom-3 z-70 flex flex-col items-end gap-2"
      >
        {toasts.map(({ id, text }) => (
          <div
            className="pointer-events-auto flex items-center gap-2 rounded-md border border-line bg-surface py-1 pr-1 pl-3 text-sm shadow-lg"
            key={id}
          >
            <span dir="auto">{text}</span>
            <IconButton icon="close" label={words.common.close} onClick={() => drop(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
