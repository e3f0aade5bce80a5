// What the benchmarks share: where the load harness is, how each target is started, where their data goes.
import { mkdirSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = resolve(root, '../shared/bench/gateway');
if (!existsSync(join(folder, 'load.mjs'))) {
  console.error(`The harness is not beside the repository (${folder}): nothing to drive the load with.`);
  process.exit(3);
}
const { Bench } = await import(pathToFileURL(join(folder, 'load.mjs')).href);

export const options = {
  app: { type: 'string', default: join(root, 'artifacts/app/Assistant.Web.dll') },
  floor: { type: 'string', default: join(root, 'artifacts/bench/Assistant.Benchmarks.dll') },
  port: { type: 'string', default: '18080' },
};

/** The targets on the ports from `port` on: the product on it, the mock messenger on the next, the mock engine on the one after. */
export class Targets {
  constructor({ app, floor, port }) {
    this.port = Number(port);
    const telegram = `http://127.0.0.1:${this.port + 1}`;
    const engine = `http://127.0.0.1:${this.port + 2}/v1`;
    const data = name => this.data(name);
    const forget = name => `rm -rf "${data(name)}" && mkdir -p "${data(name)}"`;
    mkdirSync(data(''), { recursive: true });
    writeFileSync(data('assistant.yaml'), `tenants:
  - name: default
channels:
  - name: tg
    type: telegram
    tenant: default
    access: open
    settings: { token: "100001:bench-token", apiBaseUrl: "${telegram}", mode: polling }
engines:
  - name: bench
    type: openai
    settings: { baseUrl: "${engine}", apiKey: "bench-key", model: "bench-model" }
    default: true
`);
    this.all = {
      reference: { command: ['node', join(folder, 'reference-gateway.mjs')], env: { TG_API_ROOT: telegram, LLM_BASE_URL: engine } },
      floor: {
        command: ['dotnet', resolve(floor), 'floor'],
        env: {
          TELEGRAM_API_ROOT: telegram, TELEGRAM_BOT_TOKEN: '100001:bench-token', FLOOR_DATA: data('floor'),
          LLM_BASE_URL: engine, LLM_API_KEY: 'bench-key', LLM_MODEL: 'bench-model',
        },
        reset: [forget('floor')],
      },
      assistant: {
        command: ['dotnet', resolve(app)],
        cwd: dirname(resolve(app)),
        env: { ASSISTANT_DATA: data('assistant'), ASSISTANT_CONFIG: data('assistant.yaml'), ASPNETCORE_URLS: `http://127.0.0.1:${this.port}` },
        readyUrl: `http://127.0.0.1:${this.port}/health/ready`,
        reset: [forget('assistant')],
      },
    };
  }

  data(name) { return join(root, 'artifacts/bench-data', name); }

  /** A bench with its mock servers running; the caller starts the target with `startGateway` and closes the bench. */
  open(name) {
    const telegram = { port: this.port + 1 };
    return new Bench({ target: { name, telegram, ...this.all[name] }, telegram, llmPort: this.port + 2, log: this.data(`${name}.log`) }).open();
  }
}
