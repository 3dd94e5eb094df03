import { systemClock } from '../../shared/clock.ts';
import { openDatabase } from '../../shared/db.ts';
import { dispatchSettings } from '../../shared/env.ts';
import { untilStopSignal } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { patience } from '../parts.ts';
import { startDispatch } from '../service.ts';
import { readTrunkFile, roomPrefixOf } from '../trunk-file.ts';
import { type Command, need, positionalsOf, readArguments } from './command.ts';
import { livekitOf } from './livekit-access.ts';

export const start: Command = {
  usage: `dispatch start

Takes LiveKit's webhooks, admits each call and finds it an agent, until it is stopped. SIGTERM or Ctrl-C brings the calls
that are being decided to their decision first.`,
  async run(args, { environment }) {
    positionalsOf(readArguments(args, {}).positionals, []);
    const settings = need(dispatchSettings, environment);
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
      roomPrefix: roomPrefixOf(readTrunkFile(settings.SIP_TRUNK_FILE)),
      clock: systemClock,
      patience,
      log,
    });
    log.info({ signal: await untilStopSignal() }, 'stopping');
    await dispatch.close();
    log.info('stopped');
    return 0;
  },
};
