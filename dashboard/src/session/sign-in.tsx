import { isAuthApiError, isAuthRetryableFetchError } from '@supabase/auth-js';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/speech.tsx';
import { auth } from './auth.ts';
import { LanguageChoice } from './language-choice.tsx';

type Attempt =
  | { readonly state: 'writing' }
  | { readonly state: 'sending' }
  | { readonly state: 'failed'; readonly why: string };

/** @param expired they were signed in before */
export function SignIn({ expired }: { readonly expired: boolean }) {
  const { session, common } = useWords();
  useEffect(() => {
    document.title = `${session.title} · ${common.product}`;
  }, [session, common]);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center p-4">
      <p className="font-semibold text-accent">{common.product}</p>
      <h1 className="font-semibold text-2xl">{session.title}</h1>
      <p className="mb-4 text-muted text-sm">{session.intro}</p>
      {expired && (
        <output className="mb-4 block rounded-md bg-warn-soft p-3 text-sm text-warn">{session.expired}</output>
      )}
      <SignInForm />
      <div className="mt-8">
        <LanguageChoice />
      </div>
    </main>
  );
}

function SignInForm() {
  const words = useWords();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [attempt, setAttempt] = useState<Attempt>({ state: 'writing' });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() === '' || password === '') return setAttempt({ state: 'failed', why: words.session.missing });
    setAttempt({ state: 'sending' });
    const { error } = await auth.signInWithPassword({ email: email.trim(), password });
    if (error !== null) setAttempt({ state: 'failed', why: sentenceFor(error, words) });
  };
  return (
    <form className="space-y-4" noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        autoComplete="username"
        dir="ltr"
        label={words.session.email}
        onChange={setEmail}
        type="email"
        value={email}
      />
      <TextField
        autoComplete="current-password"
        dir="ltr"
        label={words.session.password}
        onChange={setPassword}
        type="password"
        value={password}
      />
      {attempt.state === 'failed' && (
        <p className="rounded-md bg-bad-soft p-3 text-bad text-sm" role="alert">
          {attempt.why}
        </p>
      )}
      <Button busy={attempt.state === 'sending'} className="w-full" tone="primary" type="submit">
        {attempt.state === 'sending' ? words.session.signingIn : words.session.signIn}
      </Button>
    </form>
  );
}

function sentenceFor(error: Error, { session }: Words): string {
  if (isAuthRetryableFetchError(error)) return session.unreachable;
  if (!isAuthApiError(error)) return `${session.failed} ${error.message}`;
  switch (error.code) {
    case 'email_not_confirmed':
      return session.unconfirmed;
    case 'over_request_rate_limit':
      return session.tooMany;
    case 'invalid_credentials':
      return session.wrong;
    default:
      return error.status === 400 ? session.wrong : `${session.failed} ${error.message}`;
  }
}
