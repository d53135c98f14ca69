/** The sign: one after another. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <rect x="2" y="4" width="11" height="4" rx="1.2" fill="currentColor" />
      <rect x="6.5" y="10" width="11" height="4" rx="1.2" fill="currentColor" />
      <rect x="11" y="16" width="11" height="4" rx="1.2" fill="var(--accent)" />
    </svg>
  )
}
