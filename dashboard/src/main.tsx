import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/queries.ts';
import { App } from './app.tsx';
import './look.css';
import { ToastProvider } from './parts/toast.tsx';
import { Entrance } from './session/entrance.tsx';
import { CrashBarrier } from './shell/crash-barrier.tsx';
import { SpeechProvider } from './words/speech.tsx';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');

createRoot(place).render(
  <StrictMode>
    <SpeechProvider>
      <CrashBarrier>
        <QueryClientProvider client={createQueries()}>
          <ToastProvider>
            <Entrance>
              <App />
            </Entrance>
          </ToastProvider>
        </QueryClientProvider>
      </CrashBarrier>
    </SpeechProvider>
  </StrictMode>,
);
