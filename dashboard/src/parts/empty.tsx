import type { ReactNode } from 'react';

/** There is nothing: says so, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="rounded-md border border-line border-dashed bg-surface px-4 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="mx-auto mt-1 max-w-prose text-muted text-sm">{children}</div>}
    </div>
  );
}
