"""What the two Python workers have in common: the stand-ins, through the stock plugins, and how turns are taken."""

import json
import os

from livekit.plugins import deepgram, openai

scenario = json.loads(os.environ["BENCH_SCENARIO"])
providers = os.environ["BENCH_PROVIDERS"]
port = int(os.environ["BENCH_PORT"])
agent_name = os.environ["BENCH_AGENT"]


def services() -> dict:
    at = {"api_key": "dev-bench", "base_url": f"{providers}/openai/v1"}
    return {
        "stt": deepgram.STT(api_key="dev-bench", base_url=f"{providers}/v1/listen", language="en"),
        "llm": openai.LLM(model="gpt-4.1-mini", **at),
        "tts": openai.TTS(model="gpt-4o-mini-tts", voice="ash", response_format="pcm", **at),
    }


turn_handling = {
    "turn_detection": "vad",
    "endpointing": {"mode": "fixed", "min_delay": 0.5, "max_delay": 3.0},
    "interruption": {"mode": "vad"},
    "preemptive_generation": {"enabled": False},
}
