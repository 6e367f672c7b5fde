"""Asks, and prints the answer, whatever happens meanwhile: client.py ws://127.0.0.1:8080/v1/ws QUESTION [MODEL]"""
import asyncio, json, random, secrets, signal, sys
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

class Question:
    def __init__(self, text, **more):
        self.ids = {"session": secrets.token_urlsafe(16), "request": "r1"}  # the session's id is its secret
        self.chat = {"type": "chat", **self.ids, "input": text, **more}
        self.position = self.outcome = self.socket = None  # position: {epoch, seq} in the session's log, what we have
        self.text, self.pause, self.accepted, self.stopping = "", 0.5, False, False
    async def send(self, command):
        try: await self.socket.send(json.dumps(command))
        except ConnectionClosed: pass  # whoever reads notices, and comes back
    def stop(self):
        self.stopping = True  # where there is no connection just now, the next one says it
        if self.socket: asyncio.ensure_future(self.send({"type": "abort", **self.ids}))
    def say(self, piece):
        self.text += piece
        print(piece, end="", flush=True)
    async def joined(self, frame):
        self.pause = 0.5
        if not frame["recovered"]:  # the snapshot replaces what we know
            self.position = {"epoch": frame["epoch"], "seq": frame["seq"]}
            turns = frame["snapshot"]["requests"] + [m for m in frame["snapshot"]["messages"] if "status" in m]
            mine = next((turn for turn in turns if turn["request"] == self.ids["request"]), {})
            self.say((mine.get("text") or mine.get("content") or "")[len(self.text):])
            self.outcome = mine.get("status", None if mine or not self.accepted else "interrupted")
        self.chat.setdefault("epoch", self.position["epoch"])  # in another one it would start, and cost, again
        if not self.accepted: await self.send(self.chat)  # in this one the same again is harmless
        if self.stopping: await self.send({"type": "abort", **self.ids})
    async def take(self, message):
        frames = [json.loads(line) for line in message.split("\n")]  # not splitlines: U+2028 may stand in a text
        for frame in frames:
            match frame["type"]:
                case "joined": await self.joined(frame)
                case "goaway": self.pause = frame["reconnect_after_ms"] / 1000
                case "accepted" | "request": self.accepted = True
                case "delta" if not frame.get("choice"): self.say(frame.get("text", ""))
                case "error" if frame["code"] == "draining": pass  # it asks again once it is back
                case "error" if frame["retryable"] and {"n", "command"}.isdisjoint(frame): pass  # a close follows
                case "end" | "aborted" | "error": self.outcome = frame.get("message", frame["type"])
        for frame in frames:  # only now: merged frames reach over others of their message
            if "n" in frame: self.position["seq"] = frame["seq"]
    async def ask(self, url):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.stop)
        while True:
            try:
                async with connect(url, subprotocols=["tributary.v1"], max_size=None) as self.socket:
                    await self.send({"type": "join", "session": self.ids["session"], "after": self.position})
                    async for message in self.socket:
                        await self.take(message)
                        if self.outcome: return self.outcome
            except (OSError, InvalidHandshake, ConnectionClosed) as cut:
                if isinstance(cut, InvalidStatus) and cut.response.status_code < 500: return str(cut)
            if self.socket and self.socket.close_code in {1003, 1007, 1008, 1009, 4401, 4403}: return "not welcome"
            await asyncio.sleep(self.pause * random.uniform(1, 1.5))
            self.pause = min(30, self.pause * 2)

print(f"\n[{asyncio.run(Question(sys.argv[2], **({'model': sys.argv[3]} if sys.argv[3:] else {})).ask(sys.argv[1]))}]")
