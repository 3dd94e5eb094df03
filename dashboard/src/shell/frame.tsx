/** What stands around every page: navigation, who is signed in, and what everybody has to know. */
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { IconButton } from '../parts/button.tsx';
import { useScope } from '../session/access.ts';
import { useWords } from '../words/speech.tsx';
import { useIsOnline } from './connection.ts';
import { CrashBarrier } from './crash-barrier.tsx';
import { Sidebar } from './sidebar.tsx';

export function Frame({ children }: { readonly children: ReactNode }) {
  const { shell } = useWords();
  const [path] = useLocation();
  const main = useFocusOnNewPage(path);
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        className="fixed top-2 left-2 z-60 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent text-sm focus:translate-y-0"
        href="#content"
      >
        {shell.skip}
      </a>
      <header className="sticky top-0 hidden h-dvh border-line border-r bg-surface lg:block">
        <Sidebar />
      </header>
      <PhoneBar path={path} />
      <main className="min-h-dvh min-w-0 p-4 outline-none lg:p-6" id="content" ref={main} tabIndex={-1}>
        <Notices />
        <CrashBarrier place={path}>{children}</CrashBarrier>
      </main>
    </div>
  );
}

/** Where there is no room for the navigation it is behind a button. */
function PhoneBar({ path }: { readonly path: string }) {
  const { shell, common } = useWords();
  const [openedAt, setOpenedAt] = useState<string>();
  return (
    <header className="sticky top-0 z-30 flex items-center gap-2 border-line border-b bg-surface px-2 py-1.5 lg:hidden">
      <Dialog.Root onOpenChange={(open) => setOpenedAt(open ? path : undefined)} open={openedAt === path}>
        <Dialog.Trigger asChild>
          <IconButton icon="menu" label={shell.openNavigation} />
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-shade" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 w-[min(17rem,85vw)] border-line border-r bg-surface"
          >
            <Dialog.Title className="sr-only">{shell.navigation}</Dialog.Title>
            <Sidebar />
            <Dialog.Close asChild>
              <IconButton className="absolute top-1.5 right-1.5" icon="close" label={shell.closeNavigation} />
            </Dialog.Close>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <span className="font-semibold">{common.product}</span>
    </header>
  );
}

function Notices() {
  const { shell } = useWords();
  const isOnline = useIsOnline();
  const { caller, organization } = useScope();
  const isSuspended = caller.organizations.some(({ id, status }) => id === organization?.id && status === 'suspended');
  return (
    <>
      {!isOnline && (
        <output className="mb-3 block rounded-md bg-warn-soft p-3 text-sm text-warn">{shell.offline}</output>
      )}
      {isSuspended && <p className="mb-3 rounded-md bg-warn-soft p-3 text-sm text-warn">{shell.suspended}</p>}
    </>
  );
}

/** Who does not see the page hears of the new one; the first page is where the browser begins anyway. */
function useFocusOnNewPage(path: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [path]);
  return main;
}
