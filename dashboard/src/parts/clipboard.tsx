import { useWords } from '../words/speech.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { useToast } from './toast.tsx';

export function CopyButton({ text }: { readonly text: string }) {
  const { common } = useWords();
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(common.copied);
    } catch {
      // Without https there is no clipboard.
      toast(common.notCopied);
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <Icon name="copy" />
      {common.copy}
    </Button>
  );
}
