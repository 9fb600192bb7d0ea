/** References that stand for values JSON has no form for. All are negative, so they are no index. */
export const UNDEFINED = -1;
export const NULL = -2;
export const NAN = -3;
export const INFINITY = -4;
export const NEGATIVE_INFINITY = -5;
export const NEGATIVE_ZERO = -6;
export const HOLE = -7;
