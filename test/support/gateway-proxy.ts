import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request on its way through. */
export interface Passing {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** How many requests with the same method came before it. */
  readonly index: number;
}

/** Whether a request is kept from the gateway, or its answer from whoever asked; undefined lets both pass. */
export type Hold = (request: Passing) => 'request' | 'answer' | undefined;

/** Stands between a program and a gateway, and can stop what passes at a point of the test's choosing. */
export class GatewayProxy {
  readonly passed: Passing[] = [];
  #hold: Hold = () => undefined;
  #reached: () => void = () => undefined;
  #release: Promise<void> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<GatewayProxy> {
    const server = createServer();
    const proxy = new GatewayProxy(server, target);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.#pass(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on, what `hold` says is held until it is let go; `reached` is done once something is. */
  hold(hold: Hold): { readonly reached: Promise<void>; readonly letGo: () => void } {
    let letGo: () => void = () => undefined;
    this.passed.length = 0;
    this.#hold = hold;
    this.#release = new Promise(resolve => (letGo = resolve));
    const reached = new Promise<void>(resolve => (this.#reached = resolve));
    return {
      reached,
      letGo: () => {
        this.#hold = () => undefined;
        letGo();
      },
    };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const passing = { method, path, index: this.passed.filter(other => other.method === method).length };
    this.passed.push(passing);
    const held = this.#hold(passing);
    const body = await buffer(request);
    if (held === 'request') await this.#wait();
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(`${this.target}${path}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      redirect: 'manual',
      ...(body.length > 0 && { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (held === 'answer') await this.#wait();
    const { 'transfer-encoding': _chunked, connection: _kept, ...given } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, given).end(bytes);
  }

  async #wait(): Promise<void> {
    this.#reached();
    await this.#release;
  }
}
