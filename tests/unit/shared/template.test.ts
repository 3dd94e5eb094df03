import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../../shared/config/index.ts';
import { checkTemplate, renderTemplate, type TemplateValues } from '../../../shared/template.ts';

const values: TemplateValues = {
  business_name: 'Harbor Pizza',
  caller_number: '+39061234567',
  called_number: '2001',
  local_time: '19:30',
  local_date: 'Saturday, 21 November 2026',
  language: 'English',
  custom_context: { offer: 'two for one', menu: [{ name: 'Margherita', price: 9.5 }] },
};
const scope = { customContext: values.custom_context, label: false };

test('a text is filled in with the business, the numbers, the time and the tenant’s own facts (R2.5)', () => {
  const text = '{{business_name}} {{ caller_number }} {{called_number}} {{local_time}} {{custom_context.offer}}';
  expect(renderTemplate(text, values)).toBe('Harbor Pizza +39061234567 2001 19:30 two for one');
  expect(renderTemplate('{{custom_context.menu.0.name}} costs {{custom_context.menu.0.price}}', values)).toBe(
    'Margherita costs 9.5',
  );
  expect(renderTemplate('Menu: {{custom_context.menu}}', values)).toBe('Menu: [{"name":"Margherita","price":9.5}]');
});

test('what is filled in is never read as a template again, whatever a caller or a menu says (R2.5)', () => {
  const any = fc.string({ unit: fc.constantFrom('{{', '}}', 'business_name', 'local_time', '$&', '$1', ' ', 'x') });
  fc.assert(
    fc.property(any, (injected) => {
      const rendered = renderTemplate('<{{caller_number}}>', { ...values, caller_number: injected });
      expect(rendered).toBe(`<${injected}>`);
    }),
  );
});

test('nothing of the program can be named in a text, only what it is given (R2.5)', () => {
  for (const name of ['constructor', 'custom_context.__proto__', 'custom_context.constructor.name', 'toString'])
    expect(renderTemplate(`<{{${name}}}>`, values)).toBe('<>');
});

test('a placeholder that does not exist is a problem that names the one that was meant (R2.2)', () => {
  expect(checkTemplate('{{bussiness_name}} {{local_time}}', scope)).toEqual([
    'there is no {{bussiness_name}}: did you mean {{business_name}}?',
  ]);
  expect(checkTemplate('{{custom_context.offers}}', scope)).toEqual([
    '{{custom_context.offers}} names something that custom_context does not have',
  ]);
  expect(checkTemplate('{{label}}', scope)).toHaveLength(1);
  expect(checkTemplate('{{label}}', { ...scope, label: true })).toEqual([]);
  expect(checkTemplate('{{custom_context.menu.0.price}} and {not this} nor { {that} }', scope)).toEqual([]);
});

test('a configuration whose text names an unknown placeholder is refused with its path and layer (R2.2)', () => {
  const resolved = resolveConfig({
    platform: {},
    organization: { custom_context: { offer: 'two for one' } },
    instance: { greeting: { text: '{{busines_name}}!' }, instructions: 'Say {{custom_context.offer}}.' },
    number: { tools: { transfer: { handoff: 'To {{labl}}.' } } },
  });
  if (resolved.outcome !== 'invalid') throw new Error('it was accepted');
  expect(resolved.problems).toEqual([
    {
      path: 'greeting.text',
      layer: 'instance',
      message: 'there is no {{busines_name}}: did you mean {{business_name}}?',
    },
    { path: 'tools.transfer.handoff', layer: 'number', message: 'there is no {{labl}}: did you mean {{label}}?' },
  ]);
});

test('a placeholder in a text in which nothing is filled in is refused: it would be read out (R2.2)', () => {
  const instance = { turn: { silence_prompt: 'Is {{caller_number}} there?' } };
  const resolved = resolveConfig({ platform: {}, organization: {}, instance, number: {} });
  expect(resolved).toMatchObject({ outcome: 'invalid', problems: [{ path: 'turn.silence_prompt' }] });
});
