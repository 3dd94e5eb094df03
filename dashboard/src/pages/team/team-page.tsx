/** The people of an organisation. */
import { useQuery } from '@tanstack/react-query';
import { listMembers, type Members } from '../../api/organizations.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useMay, useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { InvitationTable } from './invitation-table.tsx';
import { InviteForm } from './invite-form.tsx';
import { MemberTable } from './member-table.tsx';

export default function TeamPage() {
  const { teamWords, shell, common } = useWords();
  const { organization } = useScope();
  return (
    <Page intro={teamWords.intro} title={shell.pages.team}>
      {organization === undefined ? (
        <Empty title={common.chooseOrganization}>{common.chooseOrganizationWhy}</Empty>
      ) : (
        <Team key={organization.id} organization={organization.id} />
      )}
    </Page>
  );
}

function Team({ organization }: { readonly organization: string }) {
  const { teamWords } = useWords();
  const members = useQuery({ queryKey: ['members', organization], queryFn: () => listMembers(organization) });
  const canInvite = useMay('owner');
  return (
    <>
      <Section title={teamWords.members}>
        <Loaded query={members}>
          {(people) => <MemberTable members={people.members} organization={organization} />}
        </Loaded>
      </Section>
      {canInvite && (
        <>
          <Section title={teamWords.invite}>
            <InviteForm organization={organization} />
          </Section>
          <Section title={teamWords.invitations}>
            <Loaded lines={2} query={members}>
              {(people) => <Invitations organization={organization} people={people} />}
            </Loaded>
          </Section>
        </>
      )}
    </>
  );
}

function Invitations({ people, organization }: { readonly people: Members; readonly organization: string }) {
  const { teamWords } = useWords();
  if (people.invitations.length === 0) return <p className="text-muted text-sm">{teamWords.invitationsEmpty}</p>;
  return <InvitationTable invitations={people.invitations} organization={organization} />;
}
