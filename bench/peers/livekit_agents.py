"""Stock livekit-agents, as its documentation shows a worker: a process per call."""

from bench_session import agent_name, port, scenario, services, turn_handling
from livekit.agents import Agent, AgentServer, AgentSession, JobContext, JobProcess, cli
from livekit.plugins import silero

server = AgentServer(port=port, host="127.0.0.1")


def prewarm(proc: JobProcess) -> None:
    proc.userdata["vad"] = silero.VAD.load()


server.setup_fnc = prewarm


@server.rtc_session(agent_name=agent_name)
async def entrypoint(ctx: JobContext) -> None:
    session = AgentSession(vad=ctx.proc.userdata["vad"], turn_handling=turn_handling, **services())
    await session.start(agent=Agent(instructions=scenario["instructions"]), room=ctx.room, record=False)
    await session.say(scenario["greeting"])


if __name__ == "__main__":
    cli.run_app(server)
