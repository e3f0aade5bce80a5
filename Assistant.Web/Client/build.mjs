// Installs what package-lock.json names, checks the types and bundles into the folder given as argument.
// Uses only Node until the packages are there. Safe to start twice at once: the second waits for the first.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, '../wwwroot/js/chat'));
const lock = join(here, '.build.lock');
const stamp = join(here, 'node_modules/.installed');
const abandonedAfterMs = 5 * 60_000;

// The chat is to be small before the first message. Of SignalR's client it needs no log (nobody reads it), nothing for Node and none of
// the parts named below, which are chosen by options the chat does not set. Private members are shortened by mangleProps.
const leanSignalR = {
  name: 'lean-signalr',
  setup({ onLoad }) {
    const unused = /[\\/](ServerSentEventsTransport|XhrHttpClient|MessageBuffer)\.js$/;
    onLoad({ filter: /signalr[\\/]dist[\\/]esm[\\/].*\.js$/ }, ({ path }) => {
      const [, name] = unused.exec(path) ?? [];
      const contents = name
        ? `export class ${name} {}`
        : readFileSync(path, 'utf8')
          .replace(/^(\s*)(this\._)?logger\.log\(.*\);\s*$/gm, '$1;')
          .replace(/\bPlatform\.is(Node|ReactNative)\b/g, 'false');
      return { contents, loader: 'js' };
    });
  },
};

try {
  await holding(lock, async () => {
    install();
    run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', here]);
    await bundle();
  });
} catch (error) {
  // What went wrong was said by the tool it went wrong in.
  console.error(error.message);
  process.exitCode = 1;
}

function install() {
  const wanted = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }

  // On Windows npm is a batch file, which only a shell starts.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], process.platform === 'win32');
  writeFileSync(stamp, wanted);
}

async function bundle() {
  const { build } = await import('esbuild');
  const made = `${output}.new-${process.pid}`;
  const common = { bundle: true, minify: true, target: ['es2022', 'safari16'], charset: 'utf8', legalComments: 'none', logLevel: 'warning' };
  try {
    for (const [file, isChinese] of [['chat.js', 'false'], ['chat.zh.js', 'true']]) {
      await build({
        ...common, entryPoints: [join(here, 'src/chat/chat.ts')], format: 'esm', outfile: join(made, file),
        plugins: [leanSignalR], mangleProps: /^_[a-z]/, define: { IS_CHINESE: isChinese },
      });
    }

    await build({ ...common, entryPoints: [join(here, 'src/chat/compare.ts')], format: 'esm', outfile: join(made, 'compare.js') });
    await build({ ...common, entryPoints: [join(here, 'src/chat/chat.css')], outfile: join(made, 'chat.css') });
    await build({
      ...common, entryPoints: [join(here, 'src/widget/widget.ts')], format: 'iife', globalName: 'AssistantChat', outfile: join(made, 'widget.js'),
    });

    // File by file, so that a running server never sees a missing folder.
    mkdirSync(output, { recursive: true });
    for (const file of ['chat.css', 'widget.js', 'compare.js', 'chat.zh.js', 'chat.js']) {
      renameSync(join(made, file), join(output, file));
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function run(command, args, shell = false) {
  const { status, error } = spawnSync(command, args, { cwd: here, stdio: 'inherit', shell });
  if (error || status !== 0) {
    throw error ?? new Error(`${command} ${args[0]} ended with ${status}.`);
  }
}

async function holding(path, work) {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }

      if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > abandonedAfterMs) {
        rmSync(path, { force: true });
      }

      await new Promise((done) => setTimeout(done, 200));
    }
  }

  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}
