/**
 * What an agent is: one schema for what tenants and owners write, in the layers platform < organisation < agent instance <
 * number override. Keys are snake_case with their unit, as people see them in the table editor; each has a description, a
 * default and an example, from which the JSON Schema and the README's table are made.
 *
 * Nullable fields have the default null: in a layer, `null` means "as if nobody had said anything".
 */
import { z } from 'zod';
import { pipelineFields } from './pipeline.ts';
import { policyFields } from './policy.ts';
import { talkFields } from './talk.ts';
import { toolFields } from './tools.ts';

export const tenantConfigSchema = z.strictObject({ ...talkFields, ...pipelineFields, ...toolFields, ...policyFields });

export type TenantConfig = z.infer<typeof tenantConfigSchema>;
