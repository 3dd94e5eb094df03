import type { PhoneNumber } from '../../../api/numbers.ts';
import { probeNumber } from '../../../api/probes.ts';
import { TryIt } from '../../../probe/try-it.tsx';
import { useWords } from '../../../words/speech.tsx';
import { useEditing, usePresent } from './setting.tsx';
import { ChoiceSetting, NameSetting } from './setting-fields.tsx';

const pipeline = ['stt', 'llm', 'tts'] as const;
const realtime = ['realtime'] as const;

/** Who hears, thinks and speaks. */
export function VoiceTab({ number }: { readonly number: PhoneNumber }) {
  const { editorWords: words, probeWords } = useWords();
  const { draft, canWrite } = useEditing();
  const kinds = usePresent('mode') === 'realtime' ? realtime : pipeline;
  return (
    <>
      <ChoiceSetting choices={words.modes} label={words.labels.mode} path="mode" />
      <p className="text-muted text-xs">{words.hints.voice}</p>
      {kinds.map((kind) => (
        <fieldset className="rounded-md border border-line p-3" key={kind}>
          <legend className="px-1 font-medium text-sm">{words.services[kind]}</legend>
          <div className="grid gap-3 sm:grid-cols-3">
            <NameSetting label={words.labels.provider} path={`${kind}.provider`} />
            <NameSetting label={words.labels.model} path={`${kind}.model`} />
            {(kind === 'tts' || kind === 'realtime') && (
              <NameSetting label={words.labels.voice} path={`${kind}.voice`} />
            )}
          </div>
        </fieldset>
      ))}
      {canWrite && (
        <section>
          <p className="mb-2 text-muted text-xs">{probeWords.intro}</p>
          <TryIt ask={() => probeNumber(number.id, draft.config)} label={probeWords.tryNumber(number.phoneNumber)} />
        </section>
      )}
    </>
  );
}
