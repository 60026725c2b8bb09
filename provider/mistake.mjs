/** A mistake in a request to the control address. */
export class Mistake extends Error {}
