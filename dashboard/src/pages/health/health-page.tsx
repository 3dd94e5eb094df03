/** What could keep calls from being answered. */
import { useQuery } from '@tanstack/react-query';
import { listBreakers, listWorkers, readHealth } from '../../api/health.ts';
import { NewsBadge } from '../../live/news-badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useMay, useScope } from '../../session/access.ts';
import { useFormat, useWords } from '../../words/speech.tsx';
import { BreakerTable } from './breaker-table.tsx';
import { OlderTable } from './older-table.tsx';
import { PoolTable, WorkerTable } from './worker-table.tsx';

const lookEveryMs = 5_000;

export default function HealthPage() {
  const { healthWords: words, shell } = useWords();
  const runsPlatform = useMay('admin');
  return (
    <Page actions={<NewsBadge />} intro={words.intro} title={shell.pages.health}>
      <Configurations />
      <Breakers />
      {runsPlatform && <Platform />}
    </Page>
  );
}

function Configurations() {
  const { healthWords: words } = useWords();
  const format = useFormat();
  const { organization } = useScope();
  const health = useQuery({
    queryKey: ['health', organization?.id],
    queryFn: () => readHealth(organization?.id),
    refetchInterval: lookEveryMs,
  });
  return (
    <Loaded lines={3} query={health}>
      {({ older, database }) => (
        <>
          <Section title={words.database}>
            <p className="text-sm">{words.databaseAnswers(format.count(database.answerMs))}</p>
          </Section>
          <Section title={words.older}>
            <p className="mb-2 text-muted text-sm">{words.olderIntro}</p>
            {older.length === 0 ? <Empty title={words.olderEmpty} /> : <OlderTable older={older} />}
          </Section>
        </>
      )}
    </Loaded>
  );
}

function Breakers() {
  const { healthWords: words } = useWords();
  const { organization } = useScope();
  const breakers = useQuery({
    queryKey: ['breakers', organization?.id],
    queryFn: () => listBreakers(organization?.id),
    refetchInterval: lookEveryMs,
  });
  return (
    <Section title={words.breakers}>
      <p className="mb-2 text-muted text-sm">{words.breakersIntro}</p>
      <Loaded lines={3} query={breakers}>
        {({ breakers: list }) =>
          list.length === 0 ? <Empty title={words.breakersEmpty} /> : <BreakerTable breakers={list} />
        }
      </Loaded>
    </Section>
  );
}

function Platform() {
  const { healthWords: words } = useWords();
  const workers = useQuery({ queryKey: ['workers'], queryFn: listWorkers, refetchInterval: lookEveryMs });
  return (
    <Loaded lines={4} query={workers}>
      {({ workers: list, pools }) => (
        <>
          <Section title={words.workers}>
            {list.length === 0 ? (
              <Empty title={words.workersEmpty}>{words.workersEmptyTodo}</Empty>
            ) : (
              <WorkerTable workers={list} />
            )}
          </Section>
          <Section title={words.pools}>
            <PoolTable pools={pools} />
          </Section>
        </>
      )}
    </Loaded>
  );
}
