/** What a caller waited for an answer, and for whom: a bar of its shares, and the same in words. */
import type { CallDetail } from '../../api/calls.ts';
import type { Words } from '../../words/en.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

type Latency = NonNullable<CallDetail['turns'][number]['latency']>;
type Share = keyof Words['callWords']['shares'];

const tones: Record<Share, string> = {
  stt: 'bg-accent',
  turn: 'bg-line',
  llm: 'bg-warn',
  tts: 'bg-good',
  platform: 'bg-bad',
};

export function AnswerTime({ latency }: { readonly latency: Latency }) {
  const { callWords } = useWords();
  const format = useFormat();
  const shares = sharesOf(latency);
  const told = shares.map(({ share, ms }) => `${callWords.shares[share]} ${format.span(ms)}`).join(', ');
  return (
    <div className="mt-1.5">
      <div aria-hidden="true" className="flex h-1 overflow-hidden rounded-sm">
        {shares.map(({ share, ms }) => (
          <span className={tones[share]} key={share} style={{ flexGrow: ms }} />
        ))}
      </div>
      <p className="mt-1 text-muted text-xs">
        {callWords.waitedFor(format.span(latency.totalMs))} {told}
      </p>
    </div>
  );
}

/** One after the other; what nobody else took is the platform's. */
function sharesOf({ totalMs, sttMs, turnMs, llmMs, ttsMs }: Latency): readonly { share: Share; ms: number }[] {
  const stt = Math.min(sttMs ?? 0, turnMs ?? sttMs ?? 0);
  const turn = Math.max(0, (turnMs ?? 0) - stt);
  const [llm, tts] = [llmMs ?? 0, ttsMs ?? 0];
  const platform = Math.max(0, totalMs - stt - turn - llm - tts);
  const shares: readonly { share: Share; ms: number }[] = [
    { share: 'stt', ms: stt },
    { share: 'turn', ms: turn },
    { share: 'llm', ms: llm },
    { share: 'tts', ms: tts },
    { share: 'platform', ms: platform },
  ];
  return shares.filter(({ ms }) => ms > 0);
}
