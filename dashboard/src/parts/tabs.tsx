import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Tab {
  readonly key: string;
  readonly title: ReactNode;
  readonly content: ReactNode;
}

export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const [first] = tabs;
  return (
    <Radix.Root defaultValue={first?.key ?? ''}>
      <Radix.List aria-label={label} className="mb-4 flex flex-wrap border-line border-b">
        {tabs.map(({ key, title }) => (
          <Radix.Trigger
            className="-outline-offset-2 whitespace-nowrap border-transparent border-b-2 px-2.5 py-2 text-muted text-sm hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            key={key}
            value={key}
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ key, content }) => (
        <Radix.Content key={key} value={key}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
