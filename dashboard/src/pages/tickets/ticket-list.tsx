/** Tickets, each with its text, the way to its call, and the button that closes it. */
import { Link } from 'wouter';
import { changeTicket, type Ticket } from '../../api/tickets.ts';
import { useAction } from '../../parts/action.ts';
import { Badge, type BadgeTone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useMay, useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';

const tones: Record<Ticket['priority'], BadgeTone> = { low: 'neutral', normal: 'accent', high: 'bad' };

interface TicketListProps {
  readonly tickets: readonly Ticket[];
  /** Of each title: where the list stands decides it. */
  readonly heading: 'h2' | 'h3';
}

export function TicketList({ tickets, heading }: TicketListProps) {
  return (
    <ul className="space-y-2">
      {tickets.map((ticket) => (
        <li className="rounded-md border border-line bg-surface p-3" key={ticket.id}>
          <TicketCard heading={heading} ticket={ticket} />
        </li>
      ))}
    </ul>
  );
}

function TicketCard({ ticket, heading: Heading }: { readonly ticket: Ticket } & Pick<TicketListProps, 'heading'>) {
  const { ticketWords: words } = useWords();
  const showsAll = useScope().organization === undefined;
  const { title, body, contact, call, status, priority, kind } = ticket;
  return (
    <article className="flex flex-wrap gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-2">
          <Heading className="font-medium" dir="auto">
            {title}
          </Heading>
          <Badge>{words.kinds[kind]}</Badge>
          <Badge tone={tones[priority]}>{words.priorities[priority]}</Badge>
          {status === 'closed' && <Badge tone="good">{words.closed}</Badge>}
        </div>
        {body !== '' && (
          <p className="mt-1 whitespace-pre-wrap break-words text-sm" dir="auto">
            {body}
          </p>
        )}
        <p className="mt-1 flex flex-wrap gap-x-3 text-muted text-xs">
          <Moment at={ticket.createdAt} />
          {showsAll && <bdi>{ticket.organization?.name}</bdi>}
          {contact !== '' && <bdi>{contact}</bdi>}
          {ticket.caller !== null && <bdi dir="ltr">{ticket.caller}</bdi>}
          {call !== null && (
            <Link className="text-accent underline" href={`/calls/${call}`}>
              {words.toCall}
            </Link>
          )}
        </p>
      </div>
      <TicketSwitch ticket={ticket} />
    </article>
  );
}

function TicketSwitch({ ticket: { id, status, title } }: { readonly ticket: Ticket }) {
  const { ticketWords: words } = useWords();
  const toast = useToast();
  const change = useAction((wanted: Ticket['status']) => changeTicket(id, { status: wanted }), {
    stale: [['tickets'], ['call']],
    done: ({ status: now }) => toast(now === 'closed' ? words.closeDone : words.reopenDone),
  });
  if (!useMay('editor')) return null;
  const isOpen = status === 'open';
  return (
    <div className="max-w-full">
      <Button
        aria-label={isOpen ? words.closeIt(title) : words.reopenIt(title)}
        busy={change.busy}
        onClick={() => change.run(isOpen ? 'closed' : 'open')}
      >
        {isOpen ? words.close : words.reopen}
      </Button>
      {change.problem !== undefined && (
        <div className="mt-2">
          <ProblemNote problem={change.problem} />
        </div>
      )}
    </div>
  );
}
