import { listAudit } from '../../api/audit.ts';
import type { PhoneNumber } from '../../api/numbers.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { useWords } from '../../words/speech.tsx';
import { AuditChange } from '../audit/audit-change.tsx';

interface AssignmentsDialogProps {
  readonly number: PhoneNumber;
  readonly onClose: () => void;
}

/** Who did what with a number, and when. */
export function AssignmentsDialog({ number, onClose }: AssignmentsDialogProps) {
  const { numberWords: words } = useWords();
  const filter = { target: number.id, action: 'number.' };
  const list = usePages(['audit', filter], (page) => listAudit(filter, page));
  return (
    <Dialog onClose={onClose} title={words.historyTitle(number.phoneNumber)}>
      <Loaded query={list}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty title={words.historyEmpty} />
          ) : (
            <>
              <ol className="space-y-2">
                {entries.map((entry) => (
                  <li className="rounded-md border border-line p-3 text-sm" key={entry.id}>
                    <p>
                      <Moment at={entry.at} /> · <bdi>{entry.who}</bdi> · <code>{entry.action}</code>
                      {entry.organization !== null && <bdi> · {entry.organization.name}</bdi>}
                    </p>
                    <AuditChange entry={entry} />
                  </li>
                ))}
              </ol>
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Dialog>
  );
}
