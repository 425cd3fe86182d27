/** Values by names that strangers choose. */

/**
 * An empty record in which every name is absent. A plain object has `constructor` and `__proto__` without anybody having
 * sent them, and what is added to those is added to every object of the process.
 */
export const noNames = <Value>(): Record<string, Value> => Object.create(null) as Record<string, Value>
