/** Stock @livekit/agents, as its documentation shows a worker: a process per call. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cli, defineAgent, inference, ServerOptions, voice } from '@livekit/agents';
import * as deepgram from '@livekit/agents-plugin-deepgram';
import * as openai from '@livekit/agents-plugin-openai';

const scenario = JSON.parse(process.env.BENCH_SCENARIO ?? '{}');
const providers = process.env.BENCH_PROVIDERS ?? '';

export default defineAgent({
  prewarm: async (proc) => {
    proc.userData.vad = new inference.VAD();
  },
  entry: async (ctx) => {
    const at = { apiKey: 'dev-bench', baseURL: `${providers}/openai/v1` };
    const session = new voice.AgentSession({
      vad: ctx.proc.userData.vad,
      stt: new deepgram.STT({
        apiKey: 'dev-bench',
        baseUrl: providers.replace('http', 'ws'),
        language: 'en',
      }),
      llm: new openai.LLM({ ...at, model: 'gpt-4.1-mini' }),
      tts: new openai.TTS({ ...at, model: 'gpt-4o-mini-tts', voice: 'ash' }),
      turnHandling: {
        turnDetection: 'vad',
        endpointing: { mode: 'fixed', minDelay: 500, maxDelay: 3000 },
        interruption: { mode: 'vad' },
        preemptiveGeneration: { enabled: false },
      },
    });
    await session.start({
      agent: new voice.Agent({ instructions: scenario.instructions }),
      room: ctx.room,
      record: false,
    });
    await ctx.connect();
    session.say(scenario.greeting);
  },
});

cli.runApp(
  new ServerOptions({
    agent: fileURLToPath(import.meta.url),
    agentName: process.env.BENCH_AGENT,
    port: Number(process.env.BENCH_PORT),
    host: '127.0.0.1',
  }),
);
