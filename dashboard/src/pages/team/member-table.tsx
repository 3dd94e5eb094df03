import { useMemo, useState } from 'react';
import { changeMember, type Member, type Role, removeMember } from '../../api/organizations.ts';
import { useAction } from '../../parts/action.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useMay, useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { RoleSelect } from './role-select.tsx';

interface MemberTableProps {
  readonly organization: string;
  readonly members: readonly Member[];
}

export function MemberTable({ organization, members }: MemberTableProps) {
  const { teamWords } = useWords();
  const [asked, setAsked] = useState<Member>();
  const columns = useMemberColumns(organization, setAsked);
  return (
    <>
      <Table caption={teamWords.members} columns={columns} keyOf={({ id }) => id} rows={members} />
      {asked !== undefined && (
        <RemoveMember member={asked} onClose={() => setAsked(undefined)} organization={organization} />
      )}
    </>
  );
}

function useMemberColumns(organization: string, ask: (member: Member) => void): readonly Column<Member>[] {
  const { teamWords, common } = useWords();
  const isOwner = useMay('owner');
  return useMemo((): Column<Member>[] => {
    const remove: Column<Member> = {
      key: 'actions',
      title: common.actions,
      cell: (member) => (
        <Button aria-label={teamWords.removeOf(member.email ?? member.id)} onClick={() => ask(member)} tone="danger">
          {common.remove}
        </Button>
      ),
    };
    return [
      { key: 'email', title: teamWords.email, cell: (member) => <MemberName member={member} /> },
      {
        key: 'role',
        title: teamWords.role,
        cell: (member) =>
          isOwner ? <MemberRole member={member} organization={organization} /> : common.roles[member.role],
      },
      { key: 'since', title: teamWords.since, cell: ({ since }) => <Moment at={since} /> },
      ...(isOwner ? [remove] : []),
    ];
  }, [teamWords, common, isOwner, organization, ask]);
}

function MemberName({ member: { id, email } }: { readonly member: Member }) {
  const { teamWords } = useWords();
  const { caller } = useScope();
  return (
    <span className="break-all">
      {email ?? id} {id === caller.id && <Badge>{teamWords.you}</Badge>}
    </span>
  );
}

function MemberRole({ member, organization }: { readonly member: Member; readonly organization: string }) {
  const { teamWords } = useWords();
  const toast = useToast();
  const change = useAction((role: Role) => changeMember(organization, member.id, role), {
    stale: [['members', organization], ['me']],
    done: () => toast(teamWords.changed),
  });
  return (
    <div>
      <RoleSelect
        disabled={change.busy}
        label={teamWords.roleOf(member.email ?? member.id)}
        onChange={change.run}
        value={member.role}
      />
      <p className="mt-1 text-muted text-xs">{teamWords.roleHints[member.role]}</p>
      {change.problem !== undefined && <ProblemNote problem={change.problem} />}
    </div>
  );
}

interface RemoveMemberProps {
  readonly organization: string;
  readonly member: Member;
  readonly onClose: () => void;
}

function RemoveMember({ organization, member, onClose }: RemoveMemberProps) {
  const { teamWords, common } = useWords();
  const toast = useToast();
  const remove = useAction((id: string) => removeMember(organization, id), {
    stale: [['members', organization], ['me']],
    done: () => {
      toast(teamWords.removed);
      onClose();
    },
  });
  return (
    <Confirm
      action={remove}
      input={member.id}
      onClose={onClose}
      title={teamWords.removeTitle(member.email ?? member.id)}
      verb={common.remove}
    >
      {teamWords.removeText}
    </Confirm>
  );
}
