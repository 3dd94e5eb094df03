import type { ComponentProps, MouseEvent } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

type Tone = 'plain' | 'primary' | 'danger' | 'quiet';

const tones: Record<Tone, string> = {
  plain: 'border-edge bg-surface text-ink hover:bg-sunken',
  primary: 'border-accent bg-accent text-on-accent hover:opacity-90',
  danger: 'border-bad bg-surface text-bad hover:bg-bad-soft',
  quiet: 'border-transparent text-ink hover:bg-sunken',
};
const shape =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 text-sm font-medium ' +
  'aria-disabled:opacity-60 disabled:opacity-60';

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: Tone;
  /** Work is under way: it keeps the focus and does nothing. */
  readonly busy?: boolean;
}

export function Button({ tone = 'plain', busy = false, className, onClick, children, ...rest }: ButtonProps) {
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      className={classNames(shape, tones[tone], className)}
      onClick={click}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonProps {
  readonly icon: IconName;
  /** What it does: there are no words on it. */
  readonly label: string;
}

export function IconButton({ icon, label, tone = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Button {...rest} aria-label={label} className={classNames('w-9 px-0', className)} title={label} tone={tone}>
      <Icon name={icon} />
    </Button>
  );
}

export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-4 shrink-0 animate-spin rounded-full border-2 border-current border-r-transparent"
    />
  );
}
