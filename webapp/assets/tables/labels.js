// What a text of the table is called in the language of the page, where the sketch translates it.
import { page } from '../common/page.js';

export const called = (text) => page.labels?.[text.split(/\s+/).join(' ').trim()] ?? text;
