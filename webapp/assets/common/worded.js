// What a library writes into the page without asking for a translation, in the language of the page: tooltips and names
// for those who hear the page, those that stand there and those that come or change later.
import { chinese, knows, say } from './page.js';

const ATTRIBUTES = ['title', 'aria-label', 'placeholder'];
const SELECTOR = ATTRIBUTES.map((name) => `[${name}]`).join(', ');

/** Translate what stands within an element; `meant` gives the text to be translated, or nothing for what is no text of the library. */
export function worded(within, meant = (text) => knows(text) && text) {
  if (!chinese) return;
  put(within, meant);
  const changed = (changes) => changes.forEach(({ target, addedNodes, type }) => {
    if (type === 'attributes') put(target, meant);
    addedNodes.forEach((node) => node.nodeType === Node.ELEMENT_NODE && put(node, meant));
  });
  new MutationObserver(changed).observe(within, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
}

function put(node, meant) {
  for (const one of [node, ...node.querySelectorAll(SELECTOR)]) {
    for (const name of ATTRIBUTES) {
      const text = one.getAttribute(name);
      const wanted = text && /^[A-Z][A-Za-z]/.test(text) && meant(text, one);
      if (wanted && say(wanted) !== text) one.setAttribute(name, say(wanted));
    }
  }
}
