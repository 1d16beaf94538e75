// What the server tells an editor: addresses, words in the language of the page, what may be chosen.
const given = document.getElementById('editing');

export const page = given ? JSON.parse(given.dataset.page) : {};
export const chinese = document.documentElement.lang.startsWith('zh');
const translations = {};

/** Add translations of texts, {English: Chinese}. */
export function translated(table) {
  Object.assign(translations, table);
}

/** A text in the language of the page, with what is filled in; a text that nobody translated is told to the tests. */
export function say(text, values = {}) {
  if (chinese && !(text in translations)) untranslated(text);
  const found = chinese ? translations[text] ?? text : text;
  return found.replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);
}

/** Whether a text has a translation. */
export function knows(text) {
  return text in translations;
}

function untranslated(text) {
  const root = document.documentElement;
  if (/[A-Za-z]{2}/.test(text)) root.dataset.untranslated = `${root.dataset.untranslated ?? ''}${text}\n`;
}

/** An element with attributes (functions become listeners) and children. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (name in made && typeof value === 'boolean') made[name] = value;
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Do something once nothing more was asked for a while. */
export function debounced(work, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), wait);
  };
}

/** Ask the server for JSON, or send it some. */
export async function ask(address, body) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) Object.assign(headers, { 'Content-Type': 'application/json', 'X-CSRFToken': page.csrf });
  const options = { method: body === undefined ? 'GET' : 'POST', headers, redirect: 'manual' };
  const answer = await fetch(address, body === undefined ? options : { ...options, body: JSON.stringify(body) });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.json();
}
