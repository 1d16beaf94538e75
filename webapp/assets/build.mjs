// Makes webapp/static/vendor: what package.json lists under `bundles`, bundled from webapp/assets, and what it
// lists under `vendor`, copied from node_modules. Run by run.py; the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, 'webapp', 'static', 'vendor');
const asked = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// The pages allow no data: address, so a picture inside a stylesheet becomes a file.
const picturesAsFiles = {
  name: 'pictures-as-files',
  setup(bundler) {
    bundler.onResolve({ filter: /^data:image\/svg/ }, ({ path: address }) => {
      const name = createHash('sha256').update(address).digest('hex').slice(0, 8);
      return { path: `${name}.svg`, namespace: 'picture', pluginData: address };
    });
    bundler.onLoad({ filter: /.*/, namespace: 'picture' }, ({ pluginData }) => ({ contents: decoded(pluginData), loader: 'file' }));
  },
};

function decoded(address) {
  const [, head, body] = address.match(/^data:([^,]*),(.*)$/s);
  return head.includes(';base64') ? Buffer.from(body, 'base64') : body.replace(/(%[0-9a-f]{2})+/gi, decodeURIComponent);
}

// Nor does it allow style attributes in markup: those of fixed icons become attributes, those that are filled in
// become data, which modeler/simulation.js sets.
const stylesAsData = {
  name: 'styles-as-data',
  setup(bundler) {
    bundler.onLoad({ filter: /(Icons|ShowScopes|Log|Notifications|TokenCount|ElementNotifications)\.js$/ }, async ({ path }) => {
      if (!/node_modules.(bpmn-js|bpmn-js-token-simulation).lib/.test(path)) return null;
      return { contents: withoutStyles(await readFile(path, 'utf8')), loader: 'js' };
    });
  },
};

function withoutStyles(code) {
  const drawn = code.replace(/ style="([\w:.;-]+)"/g, (whole, given) =>
    given.split(';').filter(Boolean).map((one) => ` ${one.replace(':', '="')}"`).join(''));
  return drawn.replace(/style="/g, 'data-style="');
}

// What the libraries make of markup with style attributes goes through common/domify.js, which sets them by script.
const stylesByScript = {
  name: 'styles-by-script',
  setup(bundler) {
    const own = join(root, 'webapp', 'assets', 'common', 'domify.js');
    bundler.onResolve({ filter: /^domify$/ }, ({ importer }) => (importer === own ? undefined : { path: own }));
  },
};

async function written({ path, contents }) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

async function copied([source, target]) {
  await mkdir(dirname(join(out, target)), { recursive: true });
  await copyFile(join(root, 'node_modules', source), join(out, target));
}

const { outputFiles } = await build({
  entryPoints: Object.entries(asked.bundles).map(([name, source]) => ({ in: join(root, source), out: name })),
  outdir: out,
  absWorkingDir: root,
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  splitting: true,
  target: 'es2022',
  charset: 'utf8',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  legalComments: 'none',
  loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
  plugins: [picturesAsFiles, stylesAsData, stylesByScript],
  logLevel: 'warning',
});
await rm(out, { recursive: true, force: true });
await Promise.all([...outputFiles.map(written), ...Object.entries(asked.vendor).map(copied)]);
