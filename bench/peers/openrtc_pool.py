"""openrtc in its default mode: every call in one process."""

from bench_session import agent_name, port, scenario, services, turn_handling
from livekit.agents import Agent
from openrtc import AgentPool


class BenchAgent(Agent):
    def __init__(self) -> None:
        super().__init__(instructions=scenario["instructions"])

    async def on_enter(self) -> None:
        await self.session.say(scenario["greeting"])


pool = AgentPool(agent_name=agent_name, port=port, max_concurrent_sessions=100)
pool.add("bench", BenchAgent, session_kwargs={"turn_handling": turn_handling}, **services())

if __name__ == "__main__":
    pool.run()
