/** Requests to the server that this page came from. */

import { jsonText } from '../value/written'
import { noticeBuild } from './build'

/** One error as the protocol tells it. */
export interface Told {
  code: string
  description: string
  /** Each thing that is wrong, where it is more than one. */
  cause?: Told[]
}

/** An answer that is no success. Status 0 says that there was no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly errors: Told[],
  ) {
    super(errors.map((e) => e.description).join(' ') || `The server answered ${status}.`)
  }
}

/** What to tell a person about any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Sends a request below /ui/api/ and returns its answer, which is a success.
 *  Throws ApiError otherwise, or the signal's reason. */
export async function request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store' }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' }
    init.body = jsonText(body)
  }
  let answer: Response
  try {
    answer = await fetch(`/ui/api/${path}`, init)
  } catch (thrown) {
    if (signal?.aborted) throw thrown
    throw new ApiError(0, [{ code: 'no answer', description: 'No answer from the server. Is it running?' }])
  }
  noticeBuild(answer.headers.get('seriatim-dashboard'))
  if (!answer.ok) throw new ApiError(answer.status, await errorsOf(answer))
  return answer
}

async function errorsOf(answer: Response): Promise<Told[]> {
  try {
    const { errors } = (await answer.json()) as { errors?: Told[] }
    return errors ?? []
  } catch {
    return [] // a proxy in between may answer with anything
  }
}
