/** Entry of a validation thread: the table of cases is code, so that a task is only a number in it. */
export { runTask as default } from './validate.ts';
