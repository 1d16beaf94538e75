// Token simulation in the language of the page and within its policy: texts that the library writes as HTML are
// translated, and colours that it writes as style attributes are set on the elements.
import simulation from 'bpmn-js-token-simulation';
import { TOGGLE_MODE_EVENT } from 'bpmn-js-token-simulation/lib/util/EventHelper';
import { INK } from '../common/ink.js';
import { chinese, say } from '../common/page.js';
import { worded } from '../common/worded.js';

const OWN = '[class*="bts-"]';  // what the library draws

function Worded(canvas, elementRegistry) {
  const within = canvas.getContainer().parentNode;
  const isName = (text) => elementRegistry.find(({ businessObject }) => businessObject?.name === text);
  const meant = (text, one) => one.closest(OWN) && !isName(text)
    && text.replace(/^Set animation speed = /, '').replace(/^(Focus process instance) .*/, '$1');
  const seen = (changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.nodeType === 1 && put(node, isName)));
  put(within, isName);
  new MutationObserver(seen).observe(within, { childList: true, subtree: true });
  worded(within, meant);
}

function put(node, isName) {
  for (const one of [node, ...node.querySelectorAll('[data-style]')]) {
    if (one.dataset?.style) one.style.cssText = one.dataset.style;
  }
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (chinese && texts.nextNode()) {
    const text = texts.currentNode.data.trim(), around = texts.currentNode.parentNode;
    if (/^[A-Z][a-z]/.test(text) && around.closest(OWN) && !around.closest('.bts-element-name') && !isName(text)) texts.currentNode.data = say(text);
  }
}

Worded.$inject = ['canvas', 'elementRegistry'];

/** While tokens run, colours are for them: everything else is drawn as if it brought none. */
function Neutral(eventBus, elementRegistry, elementColors) {
  const plain = { stroke: INK.defaultStrokeColor, fill: INK.defaultFillColor };
  eventBus.on(TOGGLE_MODE_EVENT, ({ active }) => active
    && elementRegistry.forEach((element) => elementColors.add(element, 'neutral-element-colors', plain)));
}

Neutral.$inject = ['eventBus', 'elementRegistry', 'elementColors'];

export default { __depends__: [simulation], __init__: ['worded'], worded: ['type', Worded], neutralElementColors: ['type', Neutral] };
