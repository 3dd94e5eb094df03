/** Runs the provider stand-ins as a process of their own: `tsx dev/providers/main.ts --port 8787 --script rules.json`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { untilStopSignal } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { startProviders } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, script: { type: 'string' } } });
const port = z.coerce.number().int().min(0).max(65_535).parse(values.port);
const script = values.script === undefined ? {} : JSON.parse(readFileSync(values.script, 'utf8'));

const log = createLog({ service: 'providers', level: 'info', showPii: false });
const providers = await startProviders({ port, script, log });
log.info({ port: providers.port, urls: providers.urls }, 'listening');
const signal = await untilStopSignal();
await providers.close();
log.info({ signal }, 'closed');
