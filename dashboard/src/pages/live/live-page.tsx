/** The calls on the line now. */
import { useState } from 'react';
import type { Call } from '../../api/calls.ts';
import { useNews } from '../../live/news.tsx';
import { NewsBadge } from '../../live/news-badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Table } from '../../parts/table.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { HangUp } from './hang-up.tsx';
import { ListenConfirm, ListeningBar } from './listening.tsx';
import { useLiveColumns } from './live-columns.tsx';

type Asked = { readonly deed: 'hang up' | 'listen'; readonly call: Call };

export default function LivePage() {
  const { callWords, shell } = useWords();
  const [asked, setAsked] = useState<Asked>();
  const [heard, setHeard] = useState<Call>();
  const columns = useLiveColumns(setAsked);
  const nothing = () => setAsked(undefined);
  return (
    <Page actions={<NewsBadge />} intro={callWords.liveIntro} title={shell.pages.live}>
      {heard !== undefined && <ListeningBar call={heard} key={heard.id} onClose={() => setHeard(undefined)} />}
      <LiveList columns={columns} />
      {asked?.deed === 'hang up' && <HangUp call={asked.call} onClose={nothing} />}
      {asked?.deed === 'listen' && (
        <ListenConfirm
          onAgree={() => {
            setHeard(asked.call);
            nothing();
          }}
          onClose={nothing}
        />
      )}
    </Page>
  );
}

function LiveList({ columns }: { readonly columns: ReturnType<typeof useLiveColumns> }) {
  const { callWords, shell } = useWords();
  const format = useFormat();
  const { calls } = useNews();
  if (calls === undefined) return <Skeleton />;
  return (
    <>
      <output className="mb-2 block text-muted text-sm">{callWords.liveCount(format.count(calls.length))}</output>
      {calls.length === 0 ? (
        <Empty title={callWords.liveEmpty}>{callWords.liveEmptyTodo}</Empty>
      ) : (
        <Table caption={shell.pages.live} columns={columns} keyOf={({ id }) => id} rows={calls} />
      )}
    </>
  );
}
