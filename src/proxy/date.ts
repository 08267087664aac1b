let date = '';
let dateSecond = -1;

/** The time as an HTTP date (RFC 1123), made once a second. */
export function dateNow(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  return date;
}
