/** Lets in who is signed in and belongs somewhere; everybody else is told what to do. */
import type { Session } from '@supabase/auth-js';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { acceptInvitations, type Caller, whoAmI } from '../api/me.ts';
import { problemOf } from '../api/problem.ts';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useWords } from '../words/speech.tsx';
import { auth, signOut, wasAskedFor } from './auth.ts';
import { ScopeProvider } from './scope.tsx';
import { SignIn } from './sign-in.tsx';

type SignedIn =
  | { readonly state: 'starting' }
  | { readonly state: 'out'; readonly expired: boolean }
  | { readonly state: 'in'; readonly person: string };

export function Entrance({ children }: { readonly children: ReactNode }) {
  const signedIn = useSignedIn();
  switch (signedIn.state) {
    case 'starting':
      return <Opening />;
    case 'out':
      return <SignIn expired={signedIn.expired} />;
    case 'in':
      return <Known person={signedIn.person}>{children}</Known>;
  }
}

function useSignedIn(): SignedIn {
  const queries = useQueryClient();
  const [signedIn, setSignedIn] = useState<SignedIn>({ state: 'starting' });
  useEffect(() => {
    const { data } = auth.onAuthStateChange((event, session) => {
      // What one person read is not the next one's to see.
      if (event === 'SIGNED_OUT') queries.clear();
      const unasked = event === 'SIGNED_OUT' && !wasAskedFor();
      setSignedIn((before) => following(before, session, unasked));
    });
    return () => data.subscription.unsubscribe();
  }, [queries]);
  return signedIn;
}

function following(before: SignedIn, session: Session | null, unasked: boolean): SignedIn {
  if (session === null) return { state: 'out', expired: before.state === 'in' && unasked };
  // A renewed token is nothing new to the pages.
  const isSame = before.state === 'in' && before.person === session.user.id;
  return isSame ? before : { state: 'in', person: session.user.id };
}

function Known({ person, children }: { readonly person: string; readonly children: ReactNode }) {
  const { session, shell } = useWords();
  const me = useQuery({ queryKey: ['me', person], queryFn: enter, staleTime: 60_000 });
  if (me.data === undefined && me.error !== null)
    return (
      <Notice title={session.enterFailed}>
        <ProblemNote onRetry={() => void me.refetch()} problem={problemOf(me.error)} />
        <Button className="mt-4" onClick={() => void signOut()}>
          {shell.signOut}
        </Button>
      </Notice>
    );
  if (me.data === undefined) return <Opening />;
  const belongs = me.data.isPlatformAdmin || me.data.organizations.length > 0;
  if (!belongs) return <Nobody busy={me.isFetching} caller={me.data} onLook={() => void me.refetch()} />;
  return <ScopeProvider caller={me.data}>{children}</ScopeProvider>;
}

async function enter(): Promise<Caller> {
  await acceptInvitations();
  return await whoAmI();
}

function Nobody({
  caller,
  busy,
  onLook,
}: {
  readonly caller: Caller;
  readonly busy: boolean;
  readonly onLook: () => void;
}) {
  const { session, shell, common } = useWords();
  const email = caller.kind === 'person' ? (caller.email ?? common.unknown) : caller.name;
  return (
    <Notice title={session.nobodyTitle}>
      <p>{session.nobody(email)}</p>
      <p className="mt-2">{session.nobodyTodo}</p>
      <div className="mt-4 flex gap-2">
        <Button busy={busy} onClick={onLook} tone="primary">
          {session.lookAgain}
        </Button>
        <Button onClick={() => void signOut()}>{shell.signOut}</Button>
      </div>
    </Notice>
  );
}

function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-lg flex-col justify-center p-4">
      <h1 className="mb-3 font-semibold text-xl">{title}</h1>
      {children}
    </main>
  );
}

function Opening() {
  const { session } = useWords();
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <output className="text-muted">{session.entering}</output>
    </main>
  );
}
