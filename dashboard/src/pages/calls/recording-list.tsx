/** What was recorded of a call: nothing is fetched, and nobody is written down, before somebody wants to hear it. */
import { useEffect, useState } from 'react';
import { type CallDetail, type Recording, readRecording, removeRecording } from '../../api/calls.ts';
import { useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useMay } from '../../session/access.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

export function RecordingList({ call }: { readonly call: CallDetail }) {
  const { callWords: words } = useWords();
  return (
    <>
      <p className="mb-2 text-muted text-xs">{words.recordingHint}</p>
      <ul className="space-y-3">
        {call.recordings.map((recording) => (
          <li key={recording.id}>
            <RecordingItem call={call.id} recording={recording} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface RecordingItemProps {
  readonly call: string;
  readonly recording: Recording;
}

function RecordingItem({ call, recording }: RecordingItemProps) {
  const { callWords: words } = useWords();
  const format = useFormat();
  const isOwner = useMay('owner');
  const [sound, setSound] = useState<Blob>();
  const [removing, setRemoving] = useState(false);
  const play = useAction(readRecording, { done: setSound });
  const when = format.moment(recording.beginsAt);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 text-sm">
        {sound === undefined && (
          <Button aria-label={words.playFrom(when)} busy={play.busy} onClick={() => play.run(recording.id)}>
            {words.play}
          </Button>
        )}
        {sound !== undefined && <Player label={words.player(when)} sound={sound} />}
        <span>{words.recordingOf(format.duration(recording.lengthMs), format.day(recording.deleteAfter))}</span>
        {isOwner && (
          <Button aria-label={words.removeRecordingOf(when)} onClick={() => setRemoving(true)} tone="danger">
            {words.removeRecording}
          </Button>
        )}
      </div>
      {play.problem !== undefined && <ProblemNote problem={play.problem} />}
      {removing && <RemoveRecording call={call} onClose={() => setRemoving(false)} recording={recording} />}
    </>
  );
}

function Player({ sound, label }: { readonly sound: Blob; readonly label: string }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(sound);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [sound]);
  // What is said stands in the transcript of the same page.
  // biome-ignore lint/a11y/useMediaCaption: the transcript is below
  return <audio aria-label={label} autoPlay className="max-w-full" controls src={address} />;
}

function RemoveRecording({ call, recording, onClose }: RecordingItemProps & { readonly onClose: () => void }) {
  const { callWords: words } = useWords();
  const toast = useToast();
  const remove = useAction(removeRecording, {
    stale: [['call', call]],
    done: () => {
      toast(words.recordingRemoved);
      onClose();
    },
  });
  return (
    <Confirm
      action={remove}
      input={recording.id}
      onClose={onClose}
      title={words.removeRecordingTitle}
      verb={words.removeRecording}
    >
      {words.removeRecordingText}
    </Confirm>
  );
}
