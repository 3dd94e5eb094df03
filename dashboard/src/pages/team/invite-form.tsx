import { type FormEvent, useState } from 'react';
import { inviteMember, type Role } from '../../api/organizations.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';
import { roleOf, roles } from './role-select.tsx';

export function InviteForm({ organization }: { readonly organization: string }) {
  const { teamWords, common } = useWords();
  const toast = useToast();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const invite = useAction(
    (invitation: { readonly email: string; readonly role: Role }) => inviteMember(organization, invitation),
    {
      stale: [['members', organization]],
      done: (invited) => {
        toast(teamWords.invited(invited.email));
        setEmail('');
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.run({ email: email.trim(), role });
  };
  return (
    <form className="max-w-3xl space-y-3" noValidate onSubmit={submit}>
      <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_16rem_auto] sm:items-start">
        <TextField
          autoComplete="off"
          dir="ltr"
          error={messageAt(invite.problem, 'email')}
          hint={teamWords.inviteHint}
          label={teamWords.email}
          onChange={setEmail}
          type="email"
          value={email}
        />
        <SelectField
          hint={teamWords.roleHints[role]}
          label={teamWords.role}
          onChange={(text) => setRole(roleOf(text) ?? 'viewer')}
          value={role}
        >
          {roles.map((known) => (
            <option key={known} value={known}>
              {common.roles[known]}
            </option>
          ))}
        </SelectField>
        <Button busy={invite.busy} className="sm:mt-6" tone="primary" type="submit">
          {teamWords.inviteVerb}
        </Button>
      </div>
      {invite.problem !== undefined && <ProblemNote problem={invite.problem} />}
    </form>
  );
}
