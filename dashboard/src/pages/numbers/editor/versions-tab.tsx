/** Every version that was saved: who, when, what it changed; and the way back to it. */
import { useState } from 'react';
import { listVersions, readLayer, restoreVersion, type Version } from '../../../api/configs.ts';
import type { PhoneNumber } from '../../../api/numbers.ts';
import { Differences } from '../../../config/differences.tsx';
import { differencesOf } from '../../../config/paths.ts';
import { useAction } from '../../../parts/action.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { Moment } from '../../../parts/moment.tsx';
import { More, usePages } from '../../../parts/pages.tsx';
import { useToast } from '../../../parts/toast.tsx';
import { useWords } from '../../../words/speech.tsx';
import { useEditing } from './setting.tsx';

const shownAtOnce = 20;

export function VersionsTab({ number: { id } }: { readonly number: PhoneNumber }) {
  const { editorWords: words } = useWords();
  const { canWrite } = useEditing();
  const [wanted, setWanted] = useState<Version>();
  const list = usePages(['versions', id], (page) => listVersions(id, page), shownAtOnce);
  return (
    <Loaded query={list}>
      {(versions) =>
        versions.length === 0 ? (
          <Empty title={words.versionsEmpty} />
        ) : (
          <>
            <ol className="space-y-2">
              {versions.map((version, at) => (
                <VersionItem
                  before={versions[at + 1] ?? (list.hasMore ? 'not loaded' : 'none')}
                  key={version.revision}
                  onRestore={canWrite && !version.active ? () => setWanted(version) : undefined}
                  version={version}
                />
              ))}
            </ol>
            <More list={list} />
            {wanted !== undefined && <RollBack id={id} onClose={() => setWanted(undefined)} version={wanted} />}
          </>
        )
      }
    </Loaded>
  );
}

interface VersionItemProps {
  readonly version: Version;
  readonly before: Version | 'not loaded' | 'none';
  readonly onRestore: (() => void) | undefined;
}

function VersionItem({ version, before, onRestore }: VersionItemProps) {
  const { editorWords: words } = useWords();
  return (
    <li className="rounded-md border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium text-sm">{words.version(String(version.revision))}</span>
        {version.active && <Badge tone="good">{words.versionActive}</Badge>}
        <span className="min-w-0 flex-1 text-muted text-sm">
          <Moment at={version.savedAt} /> · <bdi>{version.savedBy ?? words.somebody}</bdi>
        </span>
        {onRestore !== undefined && <Button onClick={onRestore}>{words.rollBack}</Button>}
      </div>
      <details className="mt-1 text-sm">
        <summary className="text-accent">{words.differences}</summary>
        <Change before={before} version={version} />
      </details>
    </li>
  );
}

function Change({ version, before }: Pick<VersionItemProps, 'version' | 'before'>) {
  const { editorWords: words } = useWords();
  if (before === 'not loaded') return <p className="text-muted">{words.versionMore}</p>;
  if (before === 'none')
    return <Differences differences={differencesOf({}, version.config)} nothing={words.versionFirst} />;
  return <Differences differences={differencesOf(before.config, version.config)} nothing={words.sameAsBefore} />;
}

interface RollBackProps {
  readonly id: string;
  readonly version: Version;
  readonly onClose: () => void;
}

function RollBack({ id, version, onClose }: RollBackProps) {
  const { editorWords: words } = useWords();
  const { draft } = useEditing();
  const toast = useToast();
  const restore = useAction(
    async (revision: number) => {
      await restoreVersion(id, revision);
      return await readLayer(id);
    },
    {
      stale: [['versions', id], ['effective', id], ['numbers']],
      done: ({ config, revision }) => {
        draft.adopt({ config, revision }, 'dropped');
        toast(words.rolledBack);
        onClose();
      },
    },
  );
  const revision = String(version.revision);
  return (
    <Confirm
      action={restore}
      input={version.revision}
      onClose={onClose}
      title={words.rollBackTitle(revision)}
      verb={words.rollBack}
    >
      <p>{words.rollBackText}</p>
      {draft.isDirty && <p className="mt-1 font-medium">{words.rollBackDrops}</p>}
    </Confirm>
  );
}
