/** `ws /realtime`: one path for two protocols, told apart by `intent`. */
import type { Protocol } from '../protocol.ts';
import { Conversing } from './live/conversing.ts';
import { Line } from './live/line.ts';
import { beginLive } from './live/live.ts';
import { Transcribing } from './live/transcribing.ts';
import { badRequest } from './refusal.ts';

export const realtime: Protocol = {
  sockets: {
    '/openai/v1/realtime': (request, stage) => {
      const { searchParams } = request.url;
      const model = searchParams.get('model');
      if (searchParams.get('intent') === 'transcription') {
        const begun = beginLive(stage, request, 'transcribe');
        if (begun.refusal !== undefined) return { refusal: begun.refusal };
        return { accept: (socket) => new Transcribing(new Line(socket, begun.cue), stage, begun).run() };
      }
      if (model === null)
        return { refusal: badRequest('You must provide a model parameter.', 'model', request.connection) };
      const begun = beginLive(stage, request, 'realtime');
      if (begun.refusal !== undefined) return { refusal: begun.refusal };
      return { accept: (socket) => new Conversing(new Line(socket, begun.cue), stage, { begun, model }).run() };
    },
  },
};
