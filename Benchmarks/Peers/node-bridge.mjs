// A bridge as it is usually written for Node: the `ws` package for the tabs, `http.request` for the upstream, JSON.parse for
// every event. It has what the benchmark compares and no more: sessions that tabs share, an answer's deltas to all of them,
// and an abort that closes the upstream's socket. No log, no resume, no limits.
//
//   node node-bridge.mjs UPSTREAM_URL        a WebSocket's path is its session; prints its address when it listens
import http from 'node:http';
import { createRequire } from 'node:module';

const { WebSocketServer, WebSocket } = createRequire('/usr/share/nodejs/')('./ws'); // where Debian's node-ws lies
const upstream = new URL(`${process.argv[2]}/chat/completions`);
const agent = new http.Agent({ keepAlive: true });

class Session {
  tabs = new Set();
  running = new Map(); // request id → the http.ClientRequest that fetches its answer
  seq = 0;

  publish(type, request, members) {
    const frame = JSON.stringify({ type, request, seq: ++this.seq, ...members });
    for (const tab of this.tabs) if (tab.readyState === WebSocket.OPEN) tab.send(frame);
  }

  chat({ request, model, messages }) {
    const body = JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const call = http.request(upstream, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        return this.end(request, 'error', { status: response.statusCode });
      }
      this.publish('start', request, {});
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        const events = (rest + chunk).split('\n\n');
        rest = events.pop();
        for (const event of events) this.take(request, event);
      });
    });
    call.on('error', (error) => this.end(request, 'error', { message: error.message }));
    call.end(body);
    this.running.set(request, call);
  }

  take(request, event) {
    if (!event.startsWith('data: ')) return;
    const data = event.slice(6);
    if (data === '[DONE]') return this.end(request, 'end', {});
    const text = JSON.parse(data).choices[0]?.delta?.content;
    if (text) this.publish('delta', request, { text });
  }

  end(request, type, members) {
    if (this.running.delete(request)) this.publish(type, request, members);
  }

  abort({ request }) {
    this.running.get(request)?.destroy();
    this.end(request, 'aborted', {});
  }
}

const sessions = new Map();
const server = http.createServer((_, response) => response.end());
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (tab, { url }) => {
  let session = sessions.get(url);
  if (!session) sessions.set(url, (session = new Session()));
  session.tabs.add(tab);
  tab.on('message', (message) => {
    const command = JSON.parse(message);
    if (command.type === 'chat') session.chat(command);
    if (command.type === 'abort') session.abort(command);
  });
  tab.on('close', () => {
    session.tabs.delete(tab);
    if (session.tabs.size === 0) sessions.delete(url);
  });
  tab.on('error', () => tab.terminate());
  tab.send('{"type":"joined"}');
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
