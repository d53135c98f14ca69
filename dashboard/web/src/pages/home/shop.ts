/** The tutorial's shop in one text. */

/** The queries of the tutorial's page that make the shop, and its first order. The steps that
 *  only list what is there are left out. */
export function shopOf(lesson: string): string {
  const steps = lesson.split(/^## \d+\. /m).slice(1)
  const first = steps.findIndex((step) => /^Simple order\n/.test(step))
  return steps
    .slice(0, first + 1)
    .filter((step) => !step.startsWith('List '))
    .map((step) => (/```fql\n([\s\S]*?)\n```/.exec(step)?.[1] ?? '').replace(/;?$/, ';'))
    .join('\n\n')
}
