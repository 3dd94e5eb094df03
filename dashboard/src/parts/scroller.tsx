/** What may be wider than the page: it scrolls by itself, and the keyboard reaches it when it does. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { classNames } from './class-names.ts';

interface ScrollerProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Scroller({ label, className, children }: ScrollerProps) {
  const frame = useRef<HTMLElement>(null);
  const [isWider, setWider] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth));
    watcher.observe(element);
    if (element.firstElementChild !== null) watcher.observe(element.firstElementChild);
    return () => watcher.disconnect();
  }, []);
  // Relative: what is only for screen readers is placed absolutely, and would make the page wider than it is.
  return (
    <section
      className={classNames('relative overflow-x-auto', className)}
      ref={frame}
      {...(isWider ? { 'aria-label': label, tabIndex: 0 } : {})}
    >
      {children}
    </section>
  );
}
