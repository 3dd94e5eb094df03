/** A control with its label, what to know about it, and what is wrong with it. */
import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Beside the label: where the value comes from, what resets it. */
  readonly aside?: ReactNode;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export const controlLook =
  'min-h-9 rounded-md border border-edge bg-surface px-2.5 py-1.5 text-sm text-ink placeholder:text-muted ' +
  'aria-invalid:border-bad disabled:bg-sunken disabled:text-muted [&:is(input,textarea):read-only]:bg-sunken';

function Field({
  label,
  hint,
  error,
  aside,
  children,
}: FieldProps & { readonly children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const told = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter((of) => of !== false);
  return (
    <div className="min-w-0">
      <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-3">
        <label className="font-medium text-sm" htmlFor={id}>
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        'aria-describedby': told.length > 0 ? told.join(' ') : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p className="mt-1 text-muted text-xs" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p className="mt-1 text-bad text-sm" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

type Native<Tag extends 'input' | 'textarea' | 'select'> = Omit<ComponentProps<Tag>, 'onChange' | 'id' | 'value'>;

interface Written {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({
  label,
  hint,
  error,
  aside,
  onChange,
  className,
  ...input
}: FieldProps & Written & Native<'input'>) {
  return (
    <Field aside={aside} error={error} hint={hint} label={label}>
      {(control) => (
        <input
          dir="auto"
          type="text"
          {...input}
          {...control}
          className={classNames('w-full', controlLook, className)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function AreaField({
  label,
  hint,
  error,
  aside,
  onChange,
  className,
  ...area
}: FieldProps & Written & Native<'textarea'>) {
  return (
    <Field aside={aside} error={error} hint={hint} label={label}>
      {(control) => (
        <textarea
          dir="auto"
          rows={3}
          {...area}
          {...control}
          className={classNames('w-full', controlLook, className)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function SelectField({
  label,
  hint,
  error,
  aside,
  onChange,
  className,
  children,
  ...select
}: FieldProps & Written & Native<'select'>) {
  return (
    <Field aside={aside} error={error} hint={hint} label={label}>
      {(control) => (
        <select
          {...select}
          {...control}
          className={classNames('w-full', controlLook, className)}
          onChange={(event) => onChange(event.target.value)}
        >
          {children}
        </select>
      )}
    </Field>
  );
}
