import type { PhoneNumber } from '../../../api/numbers.ts';
import { Badge } from '../../../parts/badge.tsx';
import { TextField } from '../../../parts/field.tsx';
import { Tabs } from '../../../parts/tabs.tsx';
import { useFormat, useWords } from '../../../words/speech.tsx';
import { HoursTab } from './hours-tab.tsx';
import { useEditing, usePresent } from './setting.tsx';
import { ChoiceSetting, NumberSetting, TextSetting, YesNoSetting } from './setting-fields.tsx';
import { countOn, type SettingsTab } from './settings.ts';
import { VersionsTab } from './versions-tab.tsx';
import { VoiceTab } from './voice-tab.tsx';

interface EditorTabsProps {
  readonly number: PhoneNumber;
  readonly labelMessage: string | undefined;
}

export function EditorTabs({ number, labelMessage }: EditorTabsProps) {
  const { editorWords } = useWords();
  const contents = {
    greeting: <GreetingTab labelMessage={labelMessage} />,
    instructions: <InstructionsTab />,
    hours: <HoursTab />,
    busy: <BusyTab />,
    voice: <VoiceTab number={number} />,
    recording: <RecordingTab />,
  } satisfies Record<SettingsTab, unknown>;
  const settings = (['greeting', 'instructions', 'hours', 'busy', 'voice', 'recording'] as const).map((key) => ({
    key,
    title: <TabTitle tab={key} />,
    content: <div className="space-y-4">{contents[key]}</div>,
  }));
  const versions = { key: 'versions', title: editorWords.tabs.versions, content: <VersionsTab number={number} /> };
  return <Tabs label={editorWords.tabsLabel} tabs={[...settings, versions]} />;
}

function TabTitle({ tab }: { readonly tab: SettingsTab }) {
  const { editorWords } = useWords();
  const format = useFormat();
  const wrong = countOn(tab, useEditing().draft.messages);
  return (
    <>
      {editorWords.tabs[tab]}
      {wrong > 0 && (
        <span className="ml-1.5">
          <Badge tone="bad">{editorWords.wrongHere(format.count(wrong))}</Badge>
        </span>
      )}
    </>
  );
}

const languageCodes = ['en', 'it', 'fr', 'de', 'es', 'pt-BR', 'fa', 'ar'];

function GreetingTab({ labelMessage }: { readonly labelMessage: string | undefined }) {
  const { editorWords: words } = useWords();
  const { draft, canWrite } = useEditing();
  return (
    <>
      <TextField
        error={labelMessage}
        hint={words.hints.label}
        label={words.labels.label}
        maxLength={120}
        onChange={draft.setLabel}
        readOnly={!canWrite}
        value={draft.label}
      />
      <TextSetting
        hint={`${words.hints.greeting} ${words.templateHint}`}
        label={words.labels.greeting}
        lines={4}
        path="greeting.text"
      />
      <TextSetting hint={words.hints.language} label={words.labels.language} list="language-codes" path="language" />
      <datalist id="language-codes">
        {languageCodes.map((code) => (
          <option key={code} value={code} />
        ))}
      </datalist>
    </>
  );
}

function InstructionsTab() {
  const { editorWords: words } = useWords();
  return (
    <TextSetting
      hint={`${words.hints.instructions} ${words.templateHint}`}
      label={words.labels.instructions}
      lines={16}
      path="instructions"
    />
  );
}

function BusyTab() {
  const { editorWords: words } = useWords();
  const action = usePresent('refusal.action');
  return (
    <>
      <ChoiceSetting choices={words.refusalActions} label={words.labels.refusalAction} path="refusal.action" />
      {action === 'forward' && (
        <TextSetting hint={words.hints.refusalTo} label={words.labels.refusalTo} path="refusal.to" />
      )}
      {action === 'message' && (
        <TextSetting hint={words.hints.refusalAudio} label={words.labels.refusalAudio} path="refusal.audio_url" />
      )}
      {action !== 'busy' && (
        <NumberSetting hint={words.hints.mostAtOnce} label={words.labels.mostAtOnce} path="refusal.most_at_once" />
      )}
    </>
  );
}

function RecordingTab() {
  const { editorWords: words } = useWords();
  const isRecorded = usePresent('recording.enabled') === 'true';
  return (
    <>
      <YesNoSetting
        choices={words.recorded}
        hint={words.hints.recorded}
        label={words.labels.recorded}
        path="recording.enabled"
      />
      {isRecorded && (
        <>
          <TextSetting hint={words.hints.consent} label={words.labels.consent} lines={3} path="recording.consent" />
          <NumberSetting label={words.labels.retention} path="recording.retention_days" />
        </>
      )}
    </>
  );
}
