import { openDatabase } from '../../shared/db.ts';
import { type Environment, operatorSettings } from '../../shared/env.ts';
import { Operator } from '../operator.ts';
import { need, whoAsks } from './command.ts';

/** @throws WrongUse when settings are missing */
export function openOperator(environment: Environment): Operator {
  const settings = need(operatorSettings, environment);
  const database = openDatabase({
    url: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    token: settings.SUPABASE_OPERATOR_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
  });
  return new Operator(database, whoAsks());
}
