// Token simulation in the language of the page and within its policy: texts that the library writes as HTML are
// translated, and colours that it writes as style attributes are set on the elements.
import simulation from 'bpmn-js-token-simulation';
import { TOGGLE_MODE_EVENT } from 'bpmn-js-token-simulation/lib/util/EventHelper';
import { INK } from '../common/ink.js';
import { chinese, say } from '../common/page.js';

function Worded(canvas) {
  const container = canvas.getContainer();
  const seen = (changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.nodeType === 1 && put(node)));
  new MutationObserver(seen).observe(container.parentNode, { childList: true, subtree: true });
}

function put(node) {
  for (const one of [node, ...node.querySelectorAll('[data-style]')]) {
    if (one.dataset?.style) one.style.cssText = one.dataset.style;
  }
  if (!chinese || !node.closest('[class*="bts-"]')) return;
  for (const one of [node, ...node.querySelectorAll('[title]')]) {
    if (one.title) one.title = say(one.title.replace(/^Set animation speed = /, ''));
  }
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    if (/^[A-Z][a-z]/.test(text) && !texts.currentNode.parentNode.closest('.bts-element-name')) texts.currentNode.data = say(text);
  }
}

Worded.$inject = ['canvas'];

/** While tokens run, colours are for them: everything else is drawn as if it brought none. */
function Neutral(eventBus, elementRegistry, elementColors) {
  const plain = { stroke: INK.defaultStrokeColor, fill: INK.defaultFillColor };
  eventBus.on(TOGGLE_MODE_EVENT, ({ active }) => active
    && elementRegistry.forEach((element) => elementColors.add(element, 'neutral-element-colors', plain)));
}

Neutral.$inject = ['eventBus', 'elementRegistry', 'elementColors'];

export default { __depends__: [simulation], __init__: ['worded'], worded: ['type', Worded], neutralElementColors: ['type', Neutral] };
