import { Link, useLocation } from 'wouter';
import { classNames } from '../parts/class-names.ts';
import { Icon } from '../parts/icon.tsx';
import { type PageRoute, routes } from '../routes.tsx';
import { may, useScope } from '../session/access.ts';
import { useWords } from '../words/speech.tsx';
import { Account } from './account.tsx';
import { OrganizationSwitcher } from './organization-switcher.tsx';

const groups = ['numbers', 'operations', 'work', 'organization', 'platform'] as const;

export function Sidebar() {
  const { common, shell } = useWords();
  const scope = useScope();
  const open = routes.filter(({ need }) => may(scope, need));
  return (
    <div className="flex h-full flex-col">
      <p className="px-4 pt-3 pb-2 font-semibold">{common.product}</p>
      <div className="px-3 pb-2">
        <OrganizationSwitcher />
      </div>
      <nav aria-label={shell.navigation} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {groups.map((group) => (
          <NavGroup key={group} routes={open.filter(({ nav }) => nav?.group === group)} title={shell.groups[group]} />
        ))}
      </nav>
      <div className="border-line border-t p-2">
        <Account />
      </div>
    </div>
  );
}

function NavGroup({ title, routes: inGroup }: { readonly title: string; readonly routes: readonly PageRoute[] }) {
  const [path] = useLocation();
  if (inGroup.length === 0) return null;
  return (
    <>
      <p className="px-2 pt-3 pb-1 text-muted text-xs">{title}</p>
      <ul>
        {inGroup.map((route) => (
          <li key={route.path}>
            <NavLink isHere={route.path === placeOf(path)} route={route} />
          </li>
        ))}
      </ul>
    </>
  );
}

function NavLink({ route: { path, name, nav }, isHere }: { readonly route: PageRoute; readonly isHere: boolean }) {
  const { shell } = useWords();
  return (
    <Link
      aria-current={isHere ? 'page' : undefined}
      className={classNames(
        'flex min-h-9 items-center gap-2.5 rounded-md px-2 text-sm hover:bg-sunken',
        isHere && 'bg-accent-soft font-medium',
      )}
      href={path}
    >
      {nav !== undefined && <Icon name={nav.icon} />}
      {shell.pages[name]}
    </Link>
  );
}

/** A call belongs to the history. */
function placeOf(path: string): string {
  return routes.some((route) => route.path === path) || !path.startsWith('/calls/') ? path : '/calls';
}
