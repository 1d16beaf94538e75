// The editor of diagrams: bpmn-js with our panel, findings, simulation and saving.
import Modeler from 'bpmn-js/lib/Modeler';
import minimap from 'diagram-js-minimap';
import { INK } from '../common/ink.js';
import { page, say, translated } from '../common/page.js';
import { watchOthers } from '../common/presence.js';
import { open } from '../common/saving.js';
import { keepColours } from './colours.js';
import appending from './appending.js';
import { Findings } from './findings.js';
import moddle from './moddle.js';
import { Panel } from './panel.js';
import { keepReferences, keepUndrawn, plainLines } from './references.js';
import simulation from './simulation.js';
import { begin, bindTools } from './tools.js';
import { demandNothingLost } from './untouched.js';
import zh from './zh.js';
import './index.css';

translated(zh);

const translation = { translate: ['value', say] };
const canvas = document.getElementById('canvas');
const modeler = new Modeler({
  container: canvas,
  moddleExtensions: { spiffworkflow: moddle },
  additionalModules: [minimap, simulation, appending, translation],
  bpmnRenderer: INK,
  textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily } },
});
keepReferences(modeler);
keepUndrawn(modeler);
keepColours(modeler);
const findings = new Findings(modeler, document.getElementById('findings'));
const file = open(page);
file.onFindings = (found) => findings.found(found);
const read = async () => (await modeler.saveXML({ format: true })).xml;
const panel = new Panel(modeler, document.getElementById('properties'), () => file.changed(read));
file.settle = () => panel.settle();

/** Show a text; one that brings no drawing gets one first. */
async function show(text) {
  const drawn = /<[\w:]*BPMNShape\b/.test(text) ? text : await tidied(text);
  await modeler.importXML(plainLines(drawn));
  begin(modeler);
  if (drawn !== text) file.changed(read);
}

async function tidied(text) {
  const answer = await fetch(page.tidy, { method: 'POST', headers: { 'X-CSRFToken': page.csrf, 'Content-Type': 'application/xml' }, body: text });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status, answer });
  return answer.text();
}

const text = await file.load();
try {
  await show(text);
  await demandNothingLost(modeler, text);
  if (page.element) modeler.get('elementRegistry').get(page.element) && findings.show(modeler.get('elementRegistry').get(page.element));
} catch (error) {
  document.getElementById('trouble').hidden = false;
  document.getElementById('trouble').querySelector('p').append(say('This file cannot be drawn: {why}', { why: error.message }));
  page.readonly = true;
}
if (!page.readonly) modeler.on('commandStack.changed', () => file.changed(read));
const earlier = []; // texts before each tidying, which starts the library's own memory anew
bindTools(modeler, {
  earlier,
  back: async () => {
    await show(earlier.pop());
    file.changed(read);
  },
  tidy: async () => {
    const before = await read();
    await show(await tidied(before));
    earlier.push(before);
    file.changed(read);
    modeler.get('eventBus').fire('commandStack.changed');
  },
  save: () => file.flush(),
});
watchOthers();
Object.assign(canvas, { modeler, show });
canvas.dataset.ready = 'true';
