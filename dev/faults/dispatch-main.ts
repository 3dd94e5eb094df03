/** The real dispatch, with one difference: it kills itself when a call comes to the step that FAULT_AT_STEP names. */
import { z } from 'zod';
import { need } from '../../dispatch/commands/command.ts';
import { livekitOf } from '../../dispatch/commands/livekit-access.ts';
import { patience } from '../../dispatch/parts.ts';
import { startDispatch } from '../../dispatch/service.ts';
import { type Step, steps } from '../../dispatch/steps.ts';
import { readTrunkFile, roomPrefixOf } from '../../dispatch/trunk-file.ts';
import { systemClock } from '../../shared/clock.ts';
import { openDatabase } from '../../shared/db.ts';
import { dispatchSettings, processEnvironment } from '../../shared/env.ts';
import { untilStopSignal } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';

const environment = processEnvironment();
const settings = need(dispatchSettings, environment);
const fatal = z.enum(steps).parse(environment['FAULT_AT_STEP']);
const log = createLog({ service: 'dispatch', level: settings.LOG_LEVEL, showPii: settings.LOG_PII });

const dispatch = await startDispatch({
  host: settings.DISPATCH_HOST,
  port: settings.DISPATCH_PORT,
  livekit: livekitOf(settings),
  database: openDatabase({
    url: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    token: settings.SUPABASE_DISPATCH_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
  }),
  withoutDatabase: settings.DISPATCH_WITHOUT_DATABASE,
  ownsPrefix: settings.DISPATCH_OWNS_PREFIX,
  roomPrefix: roomPrefixOf(readTrunkFile(settings.SIP_TRUNK_FILE)),
  clock: systemClock,
  patience,
  log,
  at: (step: Step) => {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  },
});
await untilStopSignal();
await dispatch.close();
