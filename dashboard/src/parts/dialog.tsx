/** A window above the page; `Drawer` is one that stands at the side and leaves room for much. */
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useWords } from '../words/speech.tsx';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Stays in sight below what scrolls. */
  readonly footer?: ReactNode;
}

const shade = 'fixed inset-0 z-40 bg-shade';

export function Dialog(props: DialogProps) {
  return (
    <Frame
      {...props}
      className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[min(36rem,calc(100vw-1.5rem))] flex-col rounded-lg border border-line bg-surface shadow-xl"
    />
  );
}

export function Drawer(props: DialogProps) {
  return (
    <Frame
      {...props}
      className="fixed inset-y-0 right-0 z-50 flex w-[min(46rem,100vw)] flex-col border-line border-l bg-surface shadow-xl"
    />
  );
}

function Frame({
  title,
  description,
  onClose,
  children,
  footer,
  className,
}: DialogProps & { readonly className: string }) {
  const words = useWords();
  return (
    <Radix.Root onOpenChange={(open) => !open && onClose()} open>
      <Radix.Portal>
        <Radix.Overlay className={shade} />
        <Radix.Content className={className} {...(description === undefined ? { 'aria-describedby': undefined } : {})}>
          <header className="flex items-start gap-3 border-line border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="text-muted text-sm">{description}</Radix.Description>
              )}
            </div>
            <IconButton icon="close" label={words.common.close} onClick={onClose} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-4 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
