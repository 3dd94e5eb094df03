import type { Role } from '../../api/organizations.ts';
import { controlLook } from '../../parts/field.tsx';
import { useWords } from '../../words/speech.tsx';

export const roles = ['viewer', 'editor', 'owner'] as const satisfies readonly Role[];

export function roleOf(text: string): Role | undefined {
  return roles.find((role) => role === text);
}

interface RoleSelectProps {
  /** Whose: there are no words beside it. */
  readonly label: string;
  readonly value: Role;
  readonly disabled: boolean;
  readonly onChange: (role: Role) => void;
}

export function RoleSelect({ label, value, disabled, onChange }: RoleSelectProps) {
  const { common } = useWords();
  return (
    <select
      aria-label={label}
      className={`${controlLook} w-36`}
      disabled={disabled}
      onChange={(event) => {
        const role = roleOf(event.target.value);
        if (role !== undefined) onChange(role);
      }}
      value={value}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {common.roles[role]}
        </option>
      ))}
    </select>
  );
}
