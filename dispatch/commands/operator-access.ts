import { type Database, openDatabase } from '../../shared/db.ts';
import { type Environment, operatorSettings } from '../../shared/env.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { Operations } from '../operations.ts';
import { Operator } from '../operator.ts';
import { need, WrongUse, whoAsks } from './command.ts';

/** @throws WrongUse when settings are missing */
export function openOperator(environment: Environment): Operator {
  return new Operator(operatorDatabase(environment), whoAsks());
}

export interface OperationsDesk {
  readonly operations: Operations;
  /** A tenant key that somebody has. @throws WrongUse for no tenant key, Error when nobody has it */
  knownTenant(text: string): Promise<string>;
}

/** @throws WrongUse when settings are missing */
export function openOperations(environment: Environment): OperationsDesk {
  const database = operatorDatabase(environment);
  const operator = new Operator(database, whoAsks());
  return {
    operations: new Operations(database),
    async knownTenant(text) {
      const parsed = tenantKeySchema.safeParse(text);
      if (!parsed.success) throw new WrongUse(`${text} is no tenant: a tenant key is 1 to 128 of A-Z a-z 0-9 _ -`);
      const written = await operator.written({ layer: 'organization', organization: parsed.data });
      if (written === undefined) throw new Error(`there is no organisation ${text}`);
      return parsed.data;
    },
  };
}

function operatorDatabase(environment: Environment): Database {
  const settings = need(operatorSettings, environment);
  return openDatabase({
    url: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    token: settings.SUPABASE_OPERATOR_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
  });
}
