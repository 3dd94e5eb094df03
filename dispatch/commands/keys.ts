import { tableOf } from '../../shared/columns.ts';
import { type TenantKey, tenantKeySchema } from '../../shared/ids.ts';
import { platformOwner, sealProviderKey } from '../../shared/provider-keys.ts';
import { specOf } from '../../shared/providers/index.ts';
import type { StoredSecret } from '../operator.ts';
import { rotateKeys } from '../rotate-keys.ts';
import { type Command, flag, need, positionalsOf, readArguments, type Terminal, WrongUse, word } from './command.ts';
import { openOperator } from './operator-access.ts';

export const keys: Command = {
  usage: `dispatch keys set NAME (--organization SLUG | --platform) [--json] < FILE
dispatch keys list [--organization SLUG | --platform] [--json]
dispatch keys rotate [--dry-run] [--json]

  set     stores the key that is piped in, sealed with the first secret of PROVIDER_KEYS_SECRET. NAME is a provider, or any name
          that backend.secret_headers or backend.signing_key uses. The key before it is not kept.
  list    says which keys there are and under which secret each is sealed; never the keys
  rotate  seals every key anew with the first secret of PROVIDER_KEYS_SECRET, which must still hold those that sealed them:
          k2:<new>,k1:<old>. Agents need the new list first; then this; then they may lose the old secret.

  --platform  the owner's own key, which organisations without one may use where owner.platform_keys says so`,
  async run([verb = '', ...args], terminal) {
    switch (verb) {
      case 'set':
        return set(args, terminal);
      case 'list':
        return list(args, terminal);
      case 'rotate':
        return rotate(args, terminal);
      default:
        throw new WrongUse(`set, list or rotate is wanted${verb === '' ? '' : `, not ${verb}`}`);
    }
  },
};

const whose = { organization: word, platform: flag, json: flag } as const;

async function set(args: readonly string[], { environment, input, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, whose);
  const { NAME: provider } = positionalsOf(positionals, ['NAME']);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(provider))
    throw new WrongUse('NAME is lower case letters, digits and dashes; the key itself is piped in, not written here');
  const tenant = ownerOf(values);
  if (tenant === undefined) throw new WrongUse('whose key is it: --organization SLUG or --platform');
  const { PROVIDER_KEYS_SECRET: ring } = need(['PROVIDER_KEYS_SECRET'], environment);
  const operator = openOperator(environment);
  const key = (await input()).trim();
  if (key === '' || /\s/.test(key) || key.length > 2048)
    throw new WrongUse('one key without spaces is wanted on standard input, at most 2048 characters');
  const sealed = { ...sealProviderKey(ring, { tenant, provider }, key), lastFour: key.slice(-4) };
  const { created } = await operator.putKey(tenant === platformOwner ? null : tenant, provider, sealed);
  const done = { owner: tenant, name: provider, keyId: sealed.keyId, lastFour: sealed.lastFour, created };
  const note = specOf(provider) === undefined ? ' (no provider has this name; a backend may use it)' : '';
  say(values.json ? JSON.stringify(done) : `${created ? 'stored' : 'replaced'}: ${describe(tenant, provider)}${note}`);
  return 0;
}

async function list(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, whose);
  positionalsOf(positionals, []);
  const owner = ownerOf(values);
  // No key id is empty, so that these are all of them.
  const all = await openOperator(environment).keysNotSealedBy('');
  const shown = all
    .filter(({ tenant }) => owner === undefined || tenant === owner)
    .map(({ tenant, provider, keyId }) => ({ owner: tenant, name: provider, keyId }))
    .sort((left, right) => `${left.owner} ${left.name}`.localeCompare(`${right.owner} ${right.name}`));
  if (values.json) say(JSON.stringify(shown));
  else if (shown.length === 0) say('there are none');
  else say(tableOf([['owner', 'name', 'sealed under'], ...shown.map((row) => [row.owner, row.name, row.keyId])]));
  return 0;
}

async function rotate(args: readonly string[], { environment, say, tell }: Terminal): Promise<0 | 1> {
  const { values, positionals } = readArguments(args, { 'dry-run': flag, json: flag });
  positionalsOf(positionals, []);
  const { PROVIDER_KEYS_SECRET: ring } = need(['PROVIDER_KEYS_SECRET'], environment);
  const dryRun = values['dry-run'];
  const { keyId } = ring.newest;
  const results = await rotateKeys(openOperator(environment), ring, {
    dryRun,
    onKey: ({ key, outcome }, at, of) =>
      values.json ? undefined : tell(`[${at}/${of}] ${nameOf(key)}: ${outcome.kind}${why(outcome)}`),
  });
  const count = (kind: string) => results.filter(({ outcome }) => outcome.kind === kind).length;
  const lost = results.filter(({ outcome }) => outcome.kind === 'does not open');
  if (values.json) {
    const rows = results.map(({ key, outcome }) => ({
      owner: key.tenant,
      name: key.provider,
      was: key.keyId,
      ...outcome,
    }));
    say(JSON.stringify({ dryRun, keyId, keys: rows }));
  } else if (results.length === 0) say(`every key is sealed under ${keyId}`);
  else {
    const changed = count('changed meanwhile');
    const verb = dryRun ? 'would be sealed' : 'sealed';
    say(
      `${verb} anew under ${keyId}: ${count('resealed')}; changed by somebody meanwhile: ${changed}; not opened: ${lost.length}`,
    );
  }
  return lost.length === 0 ? 0 : 1;
}

function why(outcome: { readonly kind: string; readonly problem?: string }): string {
  return outcome.problem === undefined ? '' : ` (${outcome.problem})`;
}

function ownerOf({ organization, platform }: { organization?: string | undefined; platform: boolean }) {
  if (organization !== undefined && platform) throw new WrongUse('--organization and --platform exclude each other');
  if (platform) return platformOwner;
  const parsed = tenantKeySchema.optional().safeParse(organization);
  if (parsed.success) return parsed.data;
  throw new WrongUse('--organization: a tenant key is 1 to 128 characters of A-Z a-z 0-9 _ -');
}

function nameOf({ tenant, provider }: StoredSecret): string {
  return describe(tenant, provider);
}

function describe(tenant: TenantKey | typeof platformOwner, provider: string): string {
  return `${provider} of ${tenant === platformOwner ? 'the platform' : tenant}`;
}
