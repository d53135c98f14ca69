import { Check, X } from 'lucide-react'
import type { Step } from './verify/block'

/** The steps of a verification and how each went. */
export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.what} className={step.problem === undefined ? 'step' : 'step step-failed'}>
          {step.problem === undefined ? <Check aria-label="Right" /> : <X aria-label="Wrong" />}
          <span>
            {step.what}
            {step.problem !== undefined && (
              <span className="step-problem">
                {step.problem} <code>{step.reason}</code>
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** What a verification came to, in a word. */
export function Verdict({ steps }: { steps: Step[] }) {
  const failed = steps.filter((s) => s.problem !== undefined).length
  return failed === 0 ? <strong className="verdict verdict-right">Verified</strong> : <strong className="verdict verdict-wrong">Not verified</strong>
}
