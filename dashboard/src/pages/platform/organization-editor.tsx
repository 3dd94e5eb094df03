/** Limits, pool and status of an organisation. Only what was changed is sent. */
import { type FormEvent, useId, useState } from 'react';
import { changeOrganization, type Organization, type OrganizationChange } from '../../api/organizations.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Drawer } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';
import { changeOf, formOf, limitNames, type OrganizationForm, wrongLimits } from './organization-form.ts';
import { TimezoneField } from './timezone-field.tsx';

interface OrganizationEditorProps {
  readonly organization: Organization;
  readonly onClose: () => void;
}

export function OrganizationEditor({ organization, onClose }: OrganizationEditorProps) {
  const { organizationWords: words, common } = useWords();
  const toast = useToast();
  const id = useId();
  const [form, setForm] = useState(() => formOf(organization));
  const [isAsked, setAsked] = useState(false);
  const save = useAction((change: OrganizationChange) => changeOrganization(organization.id, change), {
    stale: [['organizations'], ['me']],
    done: () => {
      toast(common.saved);
      onClose();
    },
  });
  const change = changeOf(organization, form);
  const wrong = wrongLimits(form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong.length > 0) return;
    if (change.status === 'suspended') setAsked(true);
    else save.run(change);
  };
  return (
    <Drawer
      description={organization.slug}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={save.busy} disabled={Object.keys(change).length === 0} form={id} tone="primary" type="submit">
            {common.save}
          </Button>
        </>
      }
      onClose={onClose}
      title={<span dir="auto">{organization.name}</span>}
    >
      <form className="space-y-4" id={id} noValidate onSubmit={submit}>
        {save.problem !== undefined && !isAsked && <ProblemNote problem={save.problem} />}
        <OrganizationFields
          form={form}
          messageOf={(name) =>
            wrong.some((limit) => limit === name) ? words.wrongAmount : messageAt(save.problem, name)
          }
          onChange={(name, value) => setForm((before) => ({ ...before, [name]: value }))}
        />
      </form>
      {isAsked && (
        <Confirm
          action={save}
          input={change}
          onClose={() => setAsked(false)}
          title={words.suspendTitle(organization.name)}
          verb={words.suspend}
        >
          {words.suspendText}
        </Confirm>
      )}
    </Drawer>
  );
}

interface OrganizationFieldsProps {
  readonly form: OrganizationForm;
  readonly messageOf: (name: keyof OrganizationForm) => string | undefined;
  readonly onChange: (name: keyof OrganizationForm, value: string) => void;
}

function OrganizationFields({ form, messageOf, onChange }: OrganizationFieldsProps) {
  const { organizationWords: words } = useWords();
  const field = (name: keyof OrganizationForm) => ({
    value: form[name],
    error: messageOf(name),
    onChange: (value: string) => onChange(name, value),
  });
  return (
    <>
      <TextField {...field('name')} label={words.name} maxLength={120} />
      <TimezoneField {...field('timezone')} />
      <SelectField {...field('status')} label={words.status}>
        <option value="active">{words.active}</option>
        <option value="suspended">{words.suspended}</option>
      </SelectField>
      <TextField {...field('pool')} dir="ltr" hint={words.poolHint} label={words.pool} />
      <fieldset className="rounded-md border border-line p-3">
        <legend className="px-1 font-medium text-sm">{words.limits}</legend>
        <p className="mb-3 text-muted text-xs">{words.noLimitHint}</p>
        <div className="grid gap-3 sm:grid-cols-2">
          {limitNames.map((name) => (
            <TextField {...field(name)} inputMode="decimal" key={name} label={words[name]} />
          ))}
        </div>
      </fieldset>
    </>
  );
}
