/** A page that breaks says so, instead of leaving nothing. */
import { Component, type ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { useWords } from '../words/speech.tsx';

interface BarrierProps {
  /** Another one: it is tried again. */
  readonly place?: string;
  readonly children: ReactNode;
}
interface BarrierState {
  readonly broken: { readonly error: unknown } | undefined;
}

export class CrashBarrier extends Component<BarrierProps, BarrierState> {
  override state: BarrierState = { broken: undefined };

  static getDerivedStateFromError(error: unknown): BarrierState {
    return { broken: { error } };
  }

  override componentDidUpdate(before: BarrierProps): void {
    if (this.state.broken !== undefined && before.place !== this.props.place) this.setState({ broken: undefined });
  }

  override render(): ReactNode {
    const { broken } = this.state;
    return broken === undefined ? this.props.children : <Crash error={broken.error} />;
  }
}

function Crash({ error }: { readonly error: unknown }) {
  const { crash } = useWords();
  return (
    <div className="m-4 rounded-md border border-bad bg-bad-soft p-4" role="alert">
      <p className="font-medium">{crash.title}</p>
      <p className="text-sm">{crash.todo}</p>
      <p className="mt-2 break-words text-muted text-sm">{error instanceof Error ? error.message : String(error)}</p>
      <Button className="mt-3" onClick={() => window.location.reload()}>
        {crash.reload}
      </Button>
    </div>
  );
}
