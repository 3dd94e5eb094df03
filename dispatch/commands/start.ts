import { systemClock } from '../../shared/clock.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { type BoxSettings, boxSettings, type DispatchSettings, dispatchSettings } from '../../shared/env.ts';
import { Releases, untilStopSignal } from '../../shared/lifecycle.ts';
import { createLog, type Logger } from '../../shared/log.ts';
import { type Box, openBox } from '../box/box.ts';
import { patience } from '../parts.ts';
import { startDispatch } from '../service.ts';
import { noFaults } from '../steps.ts';
import { readTrunkFile, roomPrefixOf, type TrunkFile } from '../trunk-file.ts';
import { startTrunkWatch } from '../trunk-watch.ts';
import { type Command, need, positionalsOf, readArguments } from './command.ts';
import { livekitOf } from './livekit-access.ts';
import { openPages, type Pages } from './pages.ts';

export const start: Command = {
  usage: `dispatch start

Takes LiveKit's webhooks, admits each call and finds it an agent, until it is stopped. SIGTERM or Ctrl-C brings the calls
that are being decided to their decision first. Makes trunk and rule of SIP_TRUNK_FILE where LiveKit has none of their names.

With DID_CONFIG_DIR it needs no Supabase: numbers and agents are the {DID}.json files of that directory, read again when they
change, and agents get SUPABASE_URL=http://<this address>. docs/did-files.md tells more.`,
  async run(args, { environment }) {
    positionalsOf(readArguments(args, {}).positionals, []);
    const { DID_CONFIG_DIR: directory } = need(['DID_CONFIG_DIR'], environment);
    if (directory === '') {
      const settings = need(dispatchSettings, environment);
      const log = logOf(settings);
      const database = supabaseOf(settings);
      const file = readTrunkFile(settings.SIP_TRUNK_FILE);
      const livekit = livekitOf(settings);
      const pages = openPages({ settings, environment, database, livekit, roomPrefix: roomPrefixOf(file), log });
      await serve(settings, { database, ...pages }, file, log);
      return 0;
    }
    const settings = need(boxSettings, environment);
    const log = logOf(settings);
    const file = readTrunkFile(settings.SIP_TRUNK_FILE);
    await serve(settings, boxOf(settings, log), file, log);
    return 0;
  },
};

type Served = Pick<Box, 'database' | 'routes' | 'close'> | (Pages & { readonly database: Database });

async function serve(
  settings: DispatchSettings | BoxSettings,
  served: Served,
  file: TrunkFile,
  log: Logger,
): Promise<void> {
  const releases = new Releases();
  releases.add('webhooks of tenants, or the files of a box', () => served.close());
  const livekit = livekitOf(settings);
  const dispatch = await startDispatch({
    host: settings.DISPATCH_HOST,
    port: settings.DISPATCH_PORT,
    livekit,
    database: served.database,
    routes: served.routes,
    ...('DISPATCH_WITHOUT_DATABASE' in settings ? { withoutDatabase: settings.DISPATCH_WITHOUT_DATABASE } : {}),
    roomPrefix: roomPrefixOf(file),
    ownsPrefix: settings.DISPATCH_OWNS_PREFIX,
    clock: systemClock,
    patience,
    at: noFaults,
    log,
  });
  releases.add('dispatch', () => dispatch.close(), 60_000);
  if ('endStreams' in served) releases.add('streams of news', () => served.endStreams());
  const trunk = startTrunkWatch({ file, livekit, log });
  releases.add('trunk watch', () => trunk.close());
  log.info({ signal: await untilStopSignal() }, 'stopping');
  await releases.close();
  log.info('stopped');
}

function logOf({ LOG_LEVEL, LOG_PII }: DispatchSettings | BoxSettings): Logger {
  return createLog({ service: 'dispatch', level: LOG_LEVEL, showPii: LOG_PII });
}

function supabaseOf(settings: DispatchSettings): Database {
  return openDatabase({
    url: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    token: settings.SUPABASE_DISPATCH_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
  });
}

function boxOf(settings: BoxSettings, log: Logger): Box {
  return openBox({
    source: {
      directory: settings.DID_CONFIG_DIR,
      organization: settings.DID_ORGANIZATION || undefined,
      keysFile: settings.DID_PROVIDER_KEYS_FILE || undefined,
      platformFile: settings.DID_PLATFORM_FILE || undefined,
      keyRing: settings.PROVIDER_KEYS_SECRET,
      anyNumber: settings.DID_ANY_NUMBER,
      callsPerNumber: settings.DID_CALLS_PER_NUMBER,
      pool: settings.AGENT_POOL,
      log,
    },
    callsFile: settings.DID_CALLS_FILE,
    agentToken: settings.SUPABASE_AGENT_TOKEN,
    clock: systemClock,
    log,
  });
}
