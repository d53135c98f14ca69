// Types of the generated parser.terms.js, as far as they are used.

/** The token that `known` gives for a function's name. */
export declare const functionName: number
