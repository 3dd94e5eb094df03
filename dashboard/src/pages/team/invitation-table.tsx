import { useMemo, useState } from 'react';
import { type Invitation, removeMember } from '../../api/organizations.ts';
import { useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

interface InvitationTableProps {
  readonly organization: string;
  readonly invitations: readonly Invitation[];
}

export function InvitationTable({ organization, invitations }: InvitationTableProps) {
  const { teamWords, common } = useWords();
  const toast = useToast();
  const [asked, setAsked] = useState<Invitation>();
  const takeBack = useAction((id: string) => removeMember(organization, id), {
    stale: [['members', organization]],
    done: () => {
      toast(teamWords.removed);
      setAsked(undefined);
    },
  });
  const columns = useMemo(
    (): Column<Invitation>[] => [
      { key: 'email', title: teamWords.email, cell: ({ email }) => <span className="break-all">{email}</span> },
      { key: 'role', title: teamWords.role, cell: ({ role }) => common.roles[role] },
      { key: 'expires', title: teamWords.expires, cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
      {
        key: 'actions',
        title: common.actions,
        cell: (invitation) => (
          <Button
            aria-label={teamWords.takeBackOf(invitation.email)}
            onClick={() => setAsked(invitation)}
            tone="danger"
          >
            {teamWords.takeBack}
          </Button>
        ),
      },
    ],
    [teamWords, common],
  );
  return (
    <>
      <Table caption={teamWords.invitations} columns={columns} keyOf={({ id }) => id} rows={invitations} />
      {asked !== undefined && (
        <Confirm
          action={takeBack}
          input={asked.id}
          onClose={() => setAsked(undefined)}
          title={teamWords.takeBackTitle(asked.email)}
          verb={teamWords.takeBack}
        >
          {teamWords.takeBackText}
        </Confirm>
      )}
    </>
  );
}
