/** An organisation as it stands in fields, and what was changed in them. */
import type { Organization, OrganizationChange } from '../../api/organizations.ts';

export const limitNames = [
  'maxConcurrentCalls',
  'maxCallsPerSecond',
  'maxCallMinutes',
  'monthlySpendLimit',
  'monthlyMinutesLimit',
] as const;
type LimitName = (typeof limitNames)[number];
type TextName = 'name' | 'timezone' | 'status' | 'pool';
export type OrganizationForm = Readonly<Record<LimitName | TextName, string>>;

export function formOf(organization: Organization): OrganizationForm {
  const { name, timezone, status, pool } = organization;
  return { name, timezone, status, pool, ...byLimit((limit) => textOf(organization[limit])) };
}

export function wrongLimits(form: OrganizationForm): LimitName[] {
  return limitNames.filter((name) => Number.isNaN(amountOf(form[name])));
}

export function changeOf(organization: Organization, form: OrganizationForm): OrganizationChange {
  const { name, timezone, pool } = form;
  const status = form.status === 'suspended' ? 'suspended' : 'active';
  const wanted: OrganizationChange = { name, timezone, pool, status, ...byLimit((limit) => amountOf(form[limit])) };
  const before: OrganizationChange = organization;
  const names = [...limitNames, 'name', 'timezone', 'pool', 'status'] as const;
  return Object.fromEntries(names.filter((key) => wanted[key] !== before[key]).map((key) => [key, wanted[key]]));
}

function byLimit<Value>(of: (name: LimitName) => Value): Record<LimitName, Value> {
  return {
    maxConcurrentCalls: of('maxConcurrentCalls'),
    maxCallsPerSecond: of('maxCallsPerSecond'),
    maxCallMinutes: of('maxCallMinutes'),
    monthlySpendLimit: of('monthlySpendLimit'),
    monthlyMinutesLimit: of('monthlyMinutesLimit'),
  };
}

function textOf(amount: number | null): string {
  return amount === null ? '' : String(amount);
}

/** Null: no limit. NaN: no number. */
function amountOf(text: string): number | null {
  const written = text.trim().replace(',', '.');
  return written === '' ? null : Number(written);
}
