/** `GET /models`: what a session asks for once to warm its connection, and what a check of a key asks for. */
import { type Protocol, refuse } from '../protocol.ts';
import { openAiRequest } from './request.ts';

const names = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini', 'gpt-4o-mini-tts', 'tts-1'];

export const models: Protocol = {
  routes: (app, stage) => {
    app.get('/openai/v1/models', (context) => {
      const { refusal } = openAiRequest(context, 'models').begin(stage, {}, {});
      if (refusal !== undefined) return refuse(refusal);
      const data = names.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'system' }));
      return context.json({ object: 'list', data });
    });
  },
};
