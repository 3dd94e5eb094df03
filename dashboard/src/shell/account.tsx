import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { useScope } from '../session/access.ts';
import { signOut } from '../session/auth.ts';
import { isLanguage, languages, useSpeech } from '../words/speech.tsx';

export function Account() {
  const { words, choose } = useSpeech();
  const { caller, role } = useScope();
  const name = caller.kind === 'person' ? (caller.email ?? words.common.unknown) : caller.name;
  const rank = caller.isPlatformAdmin ? words.common.platformAdmin : words.common.roles[role];
  const speak = Object.entries(languages).map(([code, { name: text }]) => ({
    key: code,
    text,
    onSelect: () => {
      if (isLanguage(code)) choose(code);
    },
  }));
  const leave = { key: 'leave', text: words.shell.signOut, onSelect: () => void signOut() };
  return (
    <Menu
      heading={words.shell.account}
      items={[...speak, leave]}
      trigger={
        <Button className="w-full justify-start text-left" tone="quiet">
          <Icon name="person" />
          <span className="min-w-0 flex-1">
            <span className="block truncate">{name}</span>
            <span className="block truncate font-normal text-muted text-xs">{rank}</span>
          </span>
        </Button>
      }
    />
  );
}
