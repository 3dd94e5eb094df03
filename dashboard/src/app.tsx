import { Suspense } from 'react';
import { Link, Route, Switch } from 'wouter';
import { NewsProvider } from './live/news.tsx';
import { Empty } from './parts/empty.tsx';
import { Page } from './parts/page.tsx';
import { Skeleton } from './parts/skeleton.tsx';
import { type PageRoute, routes } from './routes.tsx';
import { useMay } from './session/access.ts';
import { Frame } from './shell/frame.tsx';
import { useWords } from './words/speech.tsx';

export function App() {
  return (
    <NewsProvider>
      <Frame>
        <Suspense fallback={<Skeleton />}>
          <Switch>
            {routes.map((route) => (
              <Route key={route.path} path={route.path}>
                <Guarded route={route} />
              </Route>
            ))}
            <Route>
              <NoSuchPage />
            </Route>
          </Switch>
        </Suspense>
      </Frame>
    </NewsProvider>
  );
}

function Guarded({ route: { need, page: Opened } }: { readonly route: PageRoute }) {
  const { shell } = useWords();
  if (useMay(need)) return <Opened />;
  return (
    <Page title={shell.forbiddenTitle}>
      <Empty title={shell.forbidden[need]}>
        <HomeLink />
      </Empty>
    </Page>
  );
}

function NoSuchPage() {
  const { shell } = useWords();
  return (
    <Page title={shell.notFoundTitle}>
      <Empty title={shell.notFound}>
        <HomeLink />
      </Empty>
    </Page>
  );
}

function HomeLink() {
  const { shell } = useWords();
  return (
    <Link className="text-accent underline" href="/">
      {shell.home}
    </Link>
  );
}
