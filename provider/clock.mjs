/**
 * The clock that this provider reads for the dates in its tokens and for checking them. It can be
 * set wrong: `offset` seconds ahead, behind if negative. Lifetimes are counted by the real one.
 */
export class Clock {
  offset = 0;

  get date() {
    return new Date(Date.now() + this.offset * 1000);
  }

  get seconds() {
    return Math.floor(this.date.getTime() / 1000);
  }
}
