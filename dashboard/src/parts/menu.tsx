import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface MenuItem {
  readonly key: string;
  readonly text: string;
  readonly onSelect: () => void;
  readonly danger?: boolean;
}

interface MenuProps {
  /** A button; it opens the menu. */
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
  readonly heading?: ReactNode;
}

export function Menu({ trigger, items, heading }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          className="z-60 min-w-44 max-w-[90vw] rounded-md border border-line bg-surface p-1 shadow-lg"
          collisionPadding={8}
          sideOffset={4}
        >
          {heading !== undefined && (
            <DropdownMenu.Label className="px-2 py-1.5 text-muted text-xs">{heading}</DropdownMenu.Label>
          )}
          {items.map(({ key, text, onSelect, danger }) => (
            <DropdownMenu.Item
              className={`rounded px-2 py-1.5 text-sm outline-none data-highlighted:bg-accent-soft ${danger === true ? 'text-bad' : ''}`}
              key={key}
              onSelect={onSelect}
            >
              {text}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
