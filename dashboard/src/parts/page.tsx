/** A page: its name as heading and in the title of the window, and what can be done on it. */
import { type ReactNode, useEffect } from 'react';
import { useWords } from '../words/speech.tsx';

interface PageProps {
  readonly title: string;
  readonly intro?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, intro, actions, children }: PageProps) {
  const words = useWords();
  useEffect(() => {
    document.title = `${title} · ${words.common.product}`;
  }, [title, words]);
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl" dir="auto">
            {title}
          </h1>
          {intro !== undefined && <div className="text-muted text-sm">{intro}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="mt-6 min-w-0">
      <h2 className="mb-2 font-semibold">{title}</h2>
      {children}
    </section>
  );
}
