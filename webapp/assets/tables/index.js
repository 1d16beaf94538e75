// The editor of decision tables: dmn-js with our FEEL, which says at each cell what it cannot read, and at each row what
// the checks find; and a trial with values of one's own.
import Modeler from 'dmn-js/lib/Modeler';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import { INK } from '../common/ink.js';
import { ask, chinese, make, page, say, translated } from '../common/page.js';
import { watchOthers } from '../common/presence.js';
import { open } from '../common/saving.js';
import { worded } from '../common/worded.js';
import { Findings } from './findings.js';
import { Trial } from './trial.js';
import { versioned } from './versions.js';
import { Views } from './views.js';
import zh from './zh.js';
import './index.css';

translated(zh);
if (chinese) for (const one of HIT_POLICIES) Object.assign(one, { label: say(one.label), explanation: say(one.explanation) });

const translation = { translate: ['value', (text, values) => say(text.replace(/{ (\w+) }/g, '{$1}'), values)] };
const more = { additionalModules: [translation], drdRenderer: INK };
const editor = new Modeler({
  container: document.getElementById('table'),
  // not the library's own name for it, so that cells are plain text: what they say is read by the server's FEEL alone
  common: { expressionLanguages: { options: [{ value: 'FEEL', label: 'FEEL' }], defaults: { editor: 'FEEL' } } },
  drd: more,
  decisionTable: more,
  literalExpression: more,
  boxedExpression: more,
});
const file = open(page);
let back = (text) => text;
const read = async () => back((await editor.saveXML({ format: true })).xml);
const findings = new Findings(editor, read);
const trial = new Trial(editor, read);
const views = new Views(editor);

function changed() {
  findings.soon();
  trial.draw();
  file.changed(read);
}

const heard = new WeakSet();
editor.on('views.changed', () => {
  const viewer = editor.getActiveViewer();
  if (viewer && !heard.has(viewer)) {
    heard.add(viewer);
    viewer.get('eventBus').on('commandStack.changed', changed);
    viewer.get('eventBus').on('elements.changed', () => findings.mark());
  }
  views.draw();
  trial.draw();
  findings.mark();
});

/** Show a text; what would lose something when it is saved is only looked at. */
async function show(text) {
  const given = versioned(text);
  back = given.back;
  await editor.importXML(given.text);
  const { lost } = await ask(page.tableUntouched, { before: text, after: await read() });
  if (lost.length) only(say('It holds something that this editor does not know and would lose: {what}. Change it in the tool that it comes from, and upload it.', { what: lost.slice(0, 3).join('; ') }));
  await views.openFirst();
  document.getElementById('table').dataset.ready = lost.length ? 'only' : 'yes';
  findings.look();
}

function only(why) {
  page.readonly = true;
  document.querySelector('#trouble p').replaceChildren(make('strong', {}, say('This file can only be looked at here')), make('br'), why);
  document.getElementById('trouble').hidden = false;
}

const text = await file.load();
await show(text).catch(() => {
  only(say('The editor cannot read it. Change it in the tool that it comes from, and upload it.'));
  document.getElementById('table').dataset.ready = 'no';
});

for (const button of document.querySelectorAll('[data-tool]')) {
  button.addEventListener('click', () => editor.getActiveViewer()?.get('editorActions').trigger(button.dataset.tool));
}
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's') {
    event.preventDefault();
    file.flush();
  }
});
worded(document.getElementById('table'));
watchOthers();
